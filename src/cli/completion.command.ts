import { Argument, Command } from 'commander';
import { contractMethods, type ContractMethod } from './call/contract-file.js';

const OPTIONS = '--apikey --apikey-file --apihost --save-config --format --compat --help';

type Shell = keyof typeof SCRIPTS;

/** Everything is in the script, so that completing starts no process. */
export const completionCommand = (): Command =>
  new Command('completion')
    .description('Print a script that completes methods and their arguments')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(npx forgegate completion bash)\n' +
        '  npx forgegate completion fish > ~/.config/fish/completions/forgegate.fish',
    )
    .action((shell: Shell, _options, { parent }: Command) => {
      const commands = (parent?.commands ?? []).map((command) => command.name()).sort();
      console.log(SCRIPTS[shell](commands, contractMethods()));
    });

const wordsOf = ({ params }: ContractMethod) => params.map(({ name }) => `${name}:`).join(' ');

function bash(commands: readonly string[], methods: readonly ContractMethod[]): string {
  const cases = methods.map((method) => `    ${method.name}) words="${wordsOf(method)}" ;;`);
  return `# completion of forgegate and kallithea-api for bash
_forgegate() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at=1 words=''
  [ "\${COMP_WORDS[0]##*/}" = forgegate ] && at=2
  COMPREPLY=()
  if [ "$at" = 2 ] && [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W '${commands.join(' ')}' -- "$cur"))
    return
  fi
  [ "$at" = 2 ] && [ "\${COMP_WORDS[1]}" != call ] && return
  while [ "$at" -lt "$COMP_CWORD" ] && [ "\${COMP_WORDS[$at]#-}" != "\${COMP_WORDS[$at]}" ]; do at=$((at + 1)); done
  if [ "$at" -ge "$COMP_CWORD" ]; then
    COMPREPLY=($(compgen -W '${methods.map(({ name }) => name).join(' ')} ${OPTIONS}' -- "$cur"))
    return
  fi
  case \${COMP_WORDS[$at]} in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words ${OPTIONS}" -- "$cur"))
  [ "\${COMPREPLY[0]#*:}" = '' ] && type compopt >/dev/null 2>&1 && compopt -o nospace
}
complete -F _forgegate forgegate kallithea-api`;
}

function fish(commands: readonly string[], methods: readonly ContractMethod[]): string {
  const programs = [
    { name: 'forgegate', when: '__fish_seen_subcommand_from call' },
    { name: 'kallithea-api', when: 'true' },
  ];
  const names = methods.map(({ name }) => name).join(' ');
  return [
    '# completion of forgegate and kallithea-api for fish',
    `complete -c forgegate -f -n __fish_use_subcommand -a '${commands.join(' ')}'`,
    ...programs.flatMap(({ name, when }) => [
      `complete -c ${name} -f -n '${when}; and not __fish_seen_subcommand_from ${names}' -a '${names}'`,
      ...methods
        .filter(({ params }) => params.length > 0)
        .map(
          (method) =>
            `complete -c ${name} -f -n '${when}; and __fish_seen_subcommand_from ${method.name}' -a '${wordsOf(method)}'`,
        ),
    ]),
  ].join('\n');
}

const SCRIPTS = {
  bash,
  zsh: (...given: Parameters<typeof bash>) =>
    `autoload -U +X bashcompinit && bashcompinit\n${bash(...given)}`,
  fish,
};
