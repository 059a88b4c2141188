#!/bin/sh
# POST /api/generate-courier-jwt with curl: a Courier token for whoever is signed in, and for nobody else.
# Save it as courier-token.sh. As a CGI script it takes the user from the web server's own sign-in (REMOTE_USER);
# by hand it prints a token: sh courier-token.sh alice
# It needs curl 7.55 or later, and COURIER_API_KEY in the environment, which a web server passes on when it is told to.
# The how-to: https://www.courier.com/docs/tutorials/inbox/how-to-send-jwt
set -u
export LC_ALL=C

SCOPES='inbox:read:messages inbox:write:events read:preferences write:preferences read:brands'
EXPIRES_IN=1d
LONGEST_BODY=10000

# A query may become arguments of a CGI script: they name nobody.
if [ -n "${GATEWAY_INTERFACE+x}" ]; then
  # The id that Courier knows the user by. Put your own way here.
  user=${REMOTE_USER-}
else
  user=${1-}
fi

# With an error's status: what it is, and for whoever reads the log, why.
refuse() {
  [ -z "${2-}" ] || printf 'courier token: %s\n' "$2" >&2
  if [ -n "${GATEWAY_INTERFACE+x}" ]; then
    printf 'Status: %s\nContent-Type: application/json\nCache-Control: no-store\n\n{"error":"%s"}\n' "$1" "${1#* }"
    exit 0
  fi
  echo "$1" >&2
  exit 1
}

refuse_user() {
  refuse '400 Bad Request' "none for '$(printf %s "$user" | tr -c '[:graph:] ' '?')': not a user id"
}

# Whom the body names: "userId" alone is understood, and nothing escaped.
named_user() {
  head -c "$CONTENT_LENGTH" | tr -d '\n' |
    sed -n -e 's/^ *{ *} *$/nobody/p' -e 's/^ *{ *"userId" *: *"\([^"\\]*\)" *} *$/user:\1/p'
}

if [ -n "${GATEWAY_INTERFACE+x}" ]; then
  [ "${REQUEST_METHOD-}" = POST ] || refuse '405 Method Not Allowed'
  [ -n "$user" ] || refuse '401 Unauthorized'
  case ${CONTENT_LENGTH:=0} in *[!0-9]* | ??????*) refuse '413 Payload Too Large' ;; esac
  [ "$CONTENT_LENGTH" -le "$LONGEST_BODY" ] || refuse '413 Payload Too Large'
  named=nobody
  [ "$CONTENT_LENGTH" -eq 0 ] || named=$(named_user)
  case $named in
    nobody | "user:$user") ;;
    user:*) refuse '403 Forbidden' ;;
    *) refuse '400 Bad Request' ;;
  esac
fi

# A space in it would add scopes, a quote more than that.
case $user in '' | *[!A-Za-z0-9._~@+'|':=/,-]*) refuse_user ;; esac
[ "${#user}" -le 256 ] || refuse_user
# A line break in it would make a header of its own.
case ${COURIER_API_KEY-} in '' | *[![:graph:]]*) refuse '502 Bad Gateway' 'COURIER_API_KEY is no key' ;; esac

url=${COURIER_BASE_URL:-https://api.courier.com}
# The key is on stdin: others can see what stands on a command line. -q: no .curlrc has a say. --limit-rate: an answer
# without an end would fill the memory.
answer=$(
  printf 'Authorization: Bearer %s\n' "$COURIER_API_KEY" |
    curl -q --silent --max-time 5 --limit-rate 20k --header @- --header 'Content-Type: application/json' \
      --write-out '%{http_code}' --data "{\"scope\":\"user_id:$user $SCOPES\",\"expires_in\":\"$EXPIRES_IN\"}" \
      "${url%/}/auth/issue-token"
) || answer="curl $? 000"
status=$(printf %s "$answer" | tail -c 3)
part='[A-Za-z0-9_-]\{1,\}'
token=$(printf '%s\n' "$answer" | sed -n "s/.*\"token\" *: *\"\($part\.$part\.$part\)\".*/\1/p" | head -n 1)

case $status in
  000) refuse '503 Service Unavailable' "none for '$user': ${answer% *}" ;;
  429 | 5??) refuse '503 Service Unavailable' "none for '$user': $status" ;;
esac
[ "$status" = 200 ] && [ -n "$token" ] || refuse '502 Bad Gateway' "none for '$user': $status"

echo "courier token: for '$user', $SCOPES, $EXPIRES_IN" >&2
if [ -n "${GATEWAY_INTERFACE+x}" ]; then
  printf 'Content-Type: application/json\nCache-Control: no-store\n\n'
  printf '{"token":"%s","expiresIn":"%s"}\n' "$token" "$EXPIRES_IN"
else
  printf '%s\n' "$token"
fi
