import { type CommandModel, type Flag, type Values, allOf } from './model.js';

/** The script for bash, from 3.2 on: that is macOS's. */
export function bashScript(root: CommandModel): string {
  const commands = allOf(root);
  return `# courier-jwt in bash; in ~/.bashrc: source <(courier-jwt completion bash)
#
# What is on the line, and what files are called, is compared and never expanded.

${caseFunction('command', [[commands.slice(1).map(({ path }) => path), ':']])}

${caseFunction('flags', flagRows(commands))}

# What may stand in a place: a function below, and its arguments.
${caseFunction('operand', operandRows(commands))}

${caseFunction('value', valueRows(commands))}

${reader}`;
}

type Row = [patterns: string[], body: string];

/** A function that does what stands beside its argument, and fails for any other. */
function caseFunction(name: string, rows: Row[]): string {
  const lines = rows.map(([patterns, body]) => `    ${patterns.map((one) => `'${one}'`).join(' | ')}) ${body} ;;`);
  return [`_courier_jwt_${name}() {`, '  case $1 in', ...lines, '    *) return 1 ;;', '  esac', '}'].join('\n');
}

function flagRows(commands: CommandModel[]): Row[] {
  return commands
    .filter(({ flags }) => flags.length > 0)
    .map(({ path, flags }) => [[path], `offered+=(${flags.flatMap(namesOf).join(' ')})`]);
}

/** What flags take, by command and flag; those of every command have none before them: ` --env`. */
function valueRows(commands: CommandModel[]): Row[] {
  const flags = commands.flatMap(({ path, flags: own }) => own.map((flag) => ({ path, flag })));
  const values = [...new Set(flags.map(({ flag }) => flag.values))].filter((one) => one !== undefined);
  return values.map((one) => {
    const takers = flags.filter(({ flag }) => flag.values === one);
    return [takers.flatMap(({ path, flag }) => namesOf(flag).map((name) => `${path} ${name}`)), place(one)];
  });
}

function operandRows(commands: CommandModel[]): Row[] {
  return commands
    .map(({ path, operand, commands: inside }) => {
      const names: Values = { kind: 'words', words: inside.map(({ name }) => name) };
      return { path, values: inside.length > 0 ? names : operand };
    })
    .filter(({ values }) => values.kind !== 'anything')
    .map(({ path, values }) => [[path], place(values)]);
}

function namesOf({ short, long }: Flag): string[] {
  return short ? [short, long] : [long];
}

function place(values: Values): string {
  const words = 'words' in values ? values.words.map((one) => (typeof one === 'string' ? one : one.word)) : [];
  return `place=(${[values.kind, ...words].join(' ')})`;
}

/** What is the same for every command line. */
const reader = `_courier_jwt_anything() { :; }
_courier_jwt_words() { offered+=("$@"); }
_courier_jwt_files() { compopt -o default 2> /dev/null; }
_courier_jwt_environments() { _courier_jwt_kept; offered+=(local); }

# The last part of a list; what stands before it is not offered again.
_courier_jwt_list() {
  local word before=\${value%"\${value##*,}"}
  for word; do
    [[ ,$before == *",$word,"* ]] || offered+=("$before$word")
  done
  compopt -o nospace 2> /dev/null
}

_courier_jwt_kept() {
  local name
  while IFS= read -r name; do
    [[ $name ]] && offered+=("$name")
  done <<< "$(_courier_jwt_names)"
}

# In a process of its own: the options that it sets are the user's.
_courier_jwt_names() (
  LC_ALL=C
  set +f
  shopt -u failglob nocasematch
  directory=\${XDG_CONFIG_HOME:-$HOME/.config}/courier-jwt
  for file in "\${COURIER_JWT_CONFIG_DIR:-$directory}"/environments/*.json; do
    name=\${file##*/} name=\${name%.json}
    [[ $name == [a-z0-9]* && $name != *[!a-z0-9-]* && \${#name} -le 32 ]] && printf '%s\\n' "$name"
  done
)

_courier_jwt_takes_value() { _courier_jwt_value " $1" || _courier_jwt_value "$command $1"; }

_courier_jwt() {
  local line=\${COMP_LINE:0:COMP_POINT} words=('') word
  # Bash cuts words at = and at the colons of scopes too: what no space stands between is one word.
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD}"; do
    [[ $line == [[:space:]]* ]] && words+=('')
    words[\${#words[@]} - 1]+=$word
    line=\${line#*"$word"}
  done
  [[ $line == [[:space:]]* ]] && words+=('')
  local last=$((\${#words[@]} - 1))
  local current=\${words[last]}\${line#"\${line%%[![:space:]]*}"}
  current=\${current//[\\'\\"]/}

  local command='' operands=0 flag='' ended='' place offered=()
  for word in "\${words[@]:1:last - 1}"; do
    if [[ $flag ]]; then
      flag=''
    elif [[ ! $ended && $word == -- ]]; then
      ended=yes
    elif [[ ! $ended && $word == -?* ]]; then
      _courier_jwt_takes_value "$word" && flag=$word
    elif _courier_jwt_command "\${command:+$command }$word"; then
      command=\${command:+$command }$word
    else
      operands=$((operands + 1))
    fi
  done

  local value=$current
  if [[ ! $flag && ! $ended && $current == --*=* ]]; then
    flag=\${current%%=*} value=\${current#*=}
  fi
  place=()
  compopt +o default 2> /dev/null
  if [[ $flag ]]; then
    _courier_jwt_takes_value "$flag"
  elif [[ ! $ended && $current == -* ]]; then
    _courier_jwt_flags ''
    [[ $command ]] && _courier_jwt_flags "$command"
  else
    _courier_jwt_operand "$command"
    ((operands == 0)) || [[ \${place[0]} == files ]] || place=()
  fi
  "_courier_jwt_\${place[0]:-anything}" "\${place[@]:1}"

  # Other characters are in none of these words, and might mean something once their quotes are gone.
  COMPREPLY=()
  [[ $current == *[!a-zA-Z0-9:,=_./-]* ]] && return
  for word in "\${offered[@]}"; do
    word=\${current%"$value"}$word
    # Bash replaces what stands after its last cut only, which it gives as $2.
    [[ $word == "$current"* ]] && COMPREPLY+=("\${word#"\${current%"$2"}"}")
  done
}

# Where nothing is offered, files would be: compopt, which bash 3.2 has not, keeps them to where they belong.
complete -o default -F _courier_jwt courier-jwt`;
