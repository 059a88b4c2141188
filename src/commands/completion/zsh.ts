import { shellWord } from '../../output/shell.js';
import { type CommandModel, type Flag, type List, type Values, allOf, listsIn } from './model.js';

/** The script for zsh: to be sourced, or to stand in a folder of `fpath`. */
export function zshScript(root: CommandModel): string {
  return `#compdef courier-jwt
# courier-jwt in zsh; once: courier-jwt completion zsh > "\${fpath[1]}/_courier-jwt"

_courier-jwt() {
  # The flags of every command; the functions below see them.
  local -a global=(
${root.flags.map((flag) => `    ${specOf(flag)}`).join('\n')}
  )
${groupBody(root)}
}

${allOf(root).slice(1).map(commandFunction).join('\n\n')}

${listsIn(root).map(listFunction).join('\n\n')}

${reader}

# Autoloaded, this file is the function, called for the first time; sourced, it only says who completes.
if [[ $funcstack[1] == _courier-jwt ]]; then
  _courier-jwt "$@"
else
  compdef _courier-jwt courier-jwt
fi`;
}

function commandFunction(command: CommandModel): string {
  const body = command.commands.length > 0 ? groupBody(command) : commandBody(command);
  return `${functionOf(command)}() {\n${body}\n}`;
}

function commandBody({ flags, operand }: CommandModel): string {
  const first = operand.kind === 'anything' ? [] : [shellWord(`1:name:${actionOf(operand)}`)];
  const operands = operand.kind === 'files' ? ["'*:file:_files'"] : [...first, "'*: : '"];
  const specs = [...flags.map(specOf), ...operands];
  return [`  _arguments -s -S $global`, ...specs.map((spec) => `    ${spec}`)].join(' \\\n');
}

function groupBody({ commands }: CommandModel): string {
  return `  local -a subcommands=(
${commands.map(({ name, about }) => `    ${shellWord(`${name}:${about}`)}`).join('\n')}
  )
  local context state state_descr line
  local -A opt_args
  _arguments -s -S $global '(-): :->command' '(-)*:: :->rest' && return
  case $state in
    command) _describe -t commands command subcommands ;;
    rest)
      case $line[1] in
${commands.map((command) => `        ${command.name}) ${functionOf(command)} ;;`).join('\n')}
        *) return 1 ;;
      esac
      ;;
  esac`;
}

function functionOf({ path }: CommandModel): string {
  return `_courier-jwt_${path.replaceAll(' ', '_')}`;
}

/** What `_arguments` takes: names, [description], and of a value its own name and what completes it. */
function specOf({ long, short, about, values }: Flag): string {
  const value = values ? `:${long.slice(2)}:${actionOf(values)}` : '';
  const rest = `[${inBrackets(about)}]${value}`;
  const assigned = values ? `${long}=` : long;
  if (short) return `'(${short} ${long})'{${short}${values ? '+' : ''},${assigned}}${shellWord(rest)}`;
  return shellWord(`${values?.kind === 'list' ? '*' : ''}${assigned}${rest}`);
}

function actionOf(values: Values): string {
  if (values.kind === 'words') return `(${values.words.join(' ')})`;
  if (values.kind === 'list') return `_courier-jwt-${values.name}`;
  return { files: '_files', anything: ' ', environments: '_courier-jwt-environments', kept: '_courier-jwt-kept' }[
    values.kind
  ];
}

function listFunction({ name, words }: List): string {
  const items = words.map(({ word, about }) => `    ${shellWord(`${word.replaceAll(':', '\\:')}:${about}`)}`);
  return `_courier-jwt-${name}() {\n${[`  _courier-jwt-list`, ...items].join(' \\\n')}\n}`;
}

function inBrackets(text: string): string {
  return text.replace(/[[\]\\]/g, '\\$&');
}

const reader = `# The last part of a list; what stands before it is not offered again. (\`_values\` does not know words with colons.)
# A list that has anything else in it, which might need quotes, is left alone.
_courier-jwt-list() {
  [[ $PREFIX == *[^a-zA-Z0-9:,_./-]* ]] && return 1
  local -a items=($@) before=()
  [[ $PREFIX == *,* ]] && before=(\${(s:,:)PREFIX%,*})
  compset -P '*,'
  _describe value items -F before -qS ,
}

_courier-jwt-environments() {
  _courier-jwt-kept "$@"
  compadd "$@" local
}

# The environments that are kept, by their files.
_courier-jwt-kept() {
  local directory=\${XDG_CONFIG_HOME:-$HOME/.config}/courier-jwt
  local -a names=("\${COURIER_JWT_CONFIG_DIR:-$directory}"/environments/*.json(N:t:r))
  names=(\${(M)names:#[a-z0-9][a-z0-9-](#c0,31)})
  compadd "$@" -a names
}`;
