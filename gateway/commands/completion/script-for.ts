export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

/** Stands for a word that is not begun, from a shell that cannot say one; no word of a command begins with a colon. */
export const emptyWord = ':empty'

/** What joins a shell to `sallyport complete`: each line is a word, a tab, and what it is; a line `:files` asks for names of files too. */
export const scriptFor = (shell: Shell): string => scripts[shell]

const bash = `# Completion of sallyport for bash. In ~/.bashrc: source <(sallyport completion bash)
_sallyport() {
  local word about
  COMPREPLY=()
  while IFS=$'\\t' read -r word about; do
    if [[ $word == :files ]]; then compopt -o default; else COMPREPLY+=("$word"); fi
  done < <(command sallyport complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ \${COMPREPLY[0]-} == */ ]]; then compopt -o nospace; fi
}
complete -F _sallyport sallyport
`

const zsh = `#compdef sallyport
# Completion of sallyport for zsh. In ~/.zshrc, below compinit: source <(sallyport completion zsh)
_sallyport() {
  local word about files=0
  local -a offers nospace
  while IFS=$'\\t' read -r word about; do
    if [[ $word == :files ]]; then files=1; continue; fi
    if [[ $word == */ ]]; then nospace=(-S ''); fi
    offers+=("\${word//:/\\\\:}\${about:+:$about}")
  done < <(command sallyport complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#offers} )); then _describe 'sallyport' offers "\${nospace[@]}"; fi
  if (( files )); then _files; fi
}
if [[ \${funcstack[1]-} == _sallyport ]]; then _sallyport "$@"; else compdef _sallyport sallyport; fi
`

const fish = `# Completion of sallyport for fish: sallyport completion fish > ~/.config/fish/completions/sallyport.fish
function __sallyport_offers
  set -l words (commandline -opc)
  set -e words[1]
  set -l word (commandline -ct)
  for line in (command sallyport complete -- $words "$word" 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path "$word"
    else
      echo $line
    end
  end
end
complete -c sallyport -f -a '(__sallyport_offers)'
`

// PowerShell before 7.3 gives no program an empty argument.
const powershell = `# Completion of sallyport for PowerShell. In $PROFILE: sallyport completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName sallyport -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += '${emptyWord}' }
  & sallyport complete '--' @words 2>$null | ForEach-Object {
    $word, $about = $_ -split "\`t", 2
    if ($word -eq ':files') { return [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) }
    if (-not $about) { $about = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
  }
}
`

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }
