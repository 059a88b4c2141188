import { type CommandModel, type Flag, type List, type Values, allOf, listsIn } from './model.js';

/** The script for fish, from 3.1 on. */
export function fishScript(root: CommandModel): string {
  const commands = allOf(root);
  return `# courier-jwt in fish; once: courier-jwt completion fish > ~/.config/fish/completions/courier-jwt.fish

${readerOf(commands)}

${listsIn(root).map(listFunction).join('\n\n')}

complete -c courier-jwt -f
${commands
  .map(rulesOf)
  .filter((rules) => rules !== '')
  .join('\n\n')}`;
}

function rulesOf({ path, flags, commands, operand }: CommandModel): string {
  const at = `-n ${quoted(`__courier_jwt_at ${path}`.trim())}`;
  const within = path === '' ? '' : `-n ${quoted(`__courier_jwt_within ${path}`)} `;
  return [
    ...commands.map(({ name, about }) => `complete -c courier-jwt ${at} -a ${name} -d ${quoted(about)}`),
    ...(operand.kind === 'anything' || operand.kind === 'files'
      ? []
      : [`complete -c courier-jwt ${at} ${argumentsOf(operand)}`]),
    ...(operand.kind === 'files' ? [`complete -c courier-jwt ${within}-F`] : []),
    ...flags.map((flag) => `complete -c courier-jwt ${within}${flagOf(flag)}`),
  ].join('\n');
}

function flagOf({ long, short, about, values }: Flag): string {
  const names = `${short ? `-s ${short.slice(1)} ` : ''}-l ${long.slice(2)}`;
  const value = values ? ` -r ${argumentsOf(values)}` : '';
  return `${names}${value} -d ${quoted(about)}`;
}

/** What `complete` takes for what may stand in a place. */
function argumentsOf(values: Values): string {
  switch (values.kind) {
    case 'files':
      return '-F';
    case 'anything':
      return '-f';
    case 'words':
      return `-f -a ${quoted(values.words.join(' '))}`;
    case 'list':
      return `-f -a '(__courier_jwt_${values.name})'`;
    case 'kept':
      return "-f -a '(__courier_jwt_kept)'";
    case 'environments':
      return "-f -a 'local (__courier_jwt_kept)'";
  }
}

function listFunction({ name, words }: List): string {
  const lines = words.map(({ word, about }) => `        ${word} ${quoted(about)}`);
  return [`function __courier_jwt_${name}`, ['    __courier_jwt_list', ...lines].join(' \\\n'), 'end'].join('\n');
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

function readerOf(commands: CommandModel[]): string {
  const takers = commands.flatMap(({ flags }) => flags.filter(({ values }) => values));
  const names = new Set(takers.flatMap(({ short, long }) => (short ? [short, long] : [long])));
  return `# The words before the cursor that are neither flags nor values of flags.
function __courier_jwt_operands
    set -l waiting
    for word in (commandline -opc)[2..]
        if set -q waiting[1]
            set -e waiting
        else if contains -- $word ${[...names].join(' ')}
            set waiting $word
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# Whether they are these, and no more.
function __courier_jwt_at
    set -l operands (__courier_jwt_operands)
    test "$operands" = "$argv"
end

# Whether they begin with these.
function __courier_jwt_within
    set -l operands (__courier_jwt_operands)
    string match -q -- "$argv *" "$operands "
end

# The last part of a list, from words with their descriptions; what stands before it is not offered again.
# A list that has anything else in it, which might need quotes, is left alone.
function __courier_jwt_list
    set -l typed (commandline -ct | string replace -r '^(--[^=]*=)?["\\']?' '')
    string match -rq '^[\\w:,./-]*$' -- "$typed"; or return
    set -l before (string match -r '.*,' -- "$typed")
    while set -q argv[1]
        contains -- $argv[1] (string split , -- "$before")
        or printf '%s%s\\t%s\\n' "$before" $argv[1] $argv[2]
        set -e argv[1..2]
    end
end

# The environments that are kept, by their files.
function __courier_jwt_kept
    set -l directory ~/.config/courier-jwt
    test -n "$XDG_CONFIG_HOME"; and set directory $XDG_CONFIG_HOME/courier-jwt
    test -n "$COURIER_JWT_CONFIG_DIR"; and set directory $COURIER_JWT_CONFIG_DIR
    for file in $directory/environments/*.json
        set -l name (string match -r '/([a-z0-9][a-z0-9-]{0,31})\\.json\\z' -- $file)
        and echo $name[2]
    end
end`;
}
