import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** `gpiochip0` in a folder, and the three programs of libgpiod that take exactly the words of its version 1.6 or 2. */
export interface StandInGpio {
  /** The electrical level of a line; null: nobody ever set it. */
  level(line: number): 0 | 1 | null
  /** Puts a level on a line; who watches it hears the edge. */
  put(line: number, level: 0 | 1): Promise<void>
  /** Somebody holds the line. */
  isBusy(line: number): boolean
  /** Every run of a program, with its arguments; `watching N` once an edge of that line is heard. */
  runs(): readonly string[]
  remove(): void
}

/** Puts the programs first on the path of this process. */
export function createStandInGpio(version: 1 | 2): StandInGpio {
  const chip = mkdtempSync(join(tmpdir(), 'agent-gpio-'))
  for (const name of ['gpioset', 'gpioget', 'gpiomon']) {
    writeFileSync(join(chip, name), `#!/bin/sh\nchip=${chip}\n${reading(name, version)}\n${acting[name as keyof typeof acting]}`)
    chmodSync(join(chip, name), 0o755)
  }
  const path = process.env['PATH'] ?? ''
  process.env['PATH'] = `${chip}${delimiter}${path}`
  const file = (line: number): string => join(chip, `level-${line}`)
  const text = (name: string): string => (existsSync(name) ? readFileSync(name, 'utf8') : '')
  return {
    level: (line) => (text(file(line)) === '' ? null : text(file(line)).trim() === '1' ? 1 : 0),
    put: async (line, level) => {
      writeFileSync(file(line), `${level}\n`)
      const edges = join(chip, `edges-${line}`)
      if (!existsSync(edges)) return
      const fifo = await open(edges, 'r+')
      await fifo.write(`${level}\n`)
      await fifo.close()
    },
    // To try for the lock would take it from a program that asks in this moment.
    isBusy: (line) => {
      const busy = statSync(join(chip, `busy-${line}`), { throwIfNoEntry: false })
      return busy !== undefined && readFileSync('/proc/locks', 'utf8').includes(`:${busy.ino} `)
    },
    runs: () => text(join(chip, 'runs')).split('\n').slice(0, -1),
    remove: () => {
      process.env['PATH'] = path
      rmSync(chip, { recursive: true, force: true })
    },
  }
}

/** Reads the words of a program; whatever its version does not know ends it, as it ends the real one. */
function reading(name: string, version: 1 | 2): string {
  const known = {
    gpioset: [`--mode=exit|--mode=signal) mode="\${1#--mode=}"`, '--toggle=0) mode=exit'],
    gpioget: ['', '--numeric) numeric=1'],
    gpiomon: [
      '--rising-edge) edges=rising ;; --line-buffered) : ;; --format=%e) format=1',
      '--edges=rising) edges=rising ;; --edges=both) edges=both ;; --debounce-period=5ms) : ;; --format=%e) format=1',
    ],
  }[name]?.[version - 1]
  return `
if [ "$1" = --version ]; then echo "${name} (libgpiod) v${version === 1 ? '1.6.3' : '2.2.1'}"; exit 0; fi
echo "${name} $*" >> "$chip/runs"
low=0 edges=both format=0 numeric=0 ${name === 'gpioset' ? `mode=${version === 1 ? 'exit' : 'signal'}` : ''} named=''
while :; do
  case "$1" in
    --active-low) low=1 ;;
    ${known === '' ? '' : `${known} ;;`}
    ${version === 2 ? '--chip=*) named="${1#--chip=}" ;;' : ''}
    -*) echo "${name}: unrecognized option '$1'" >&2; exit 1 ;;
    *) break ;;
  esac
  shift
done
${version === 1 ? 'named="$1"; shift' : ''}
if [ "$named" != gpiochip0 ] || [ $# != 1 ]; then echo "${name}: cannot find GPIO chip $named or its line $*" >&2; exit 1; fi
line="\${1%%=*}"
exec 9> "$chip/busy-$line"
flock -n 9 || { echo "${name}: Device or resource busy" >&2; exit 1; }`
}

/** What each does then. The chip keeps the last value of a line that nobody holds any more: the worst that real ones do. */
const acting = {
  gpioset: `
value="\${1#*=}"
echo $(( value ^ low )) > "$chip/level-$line"
[ "$mode" = exit ] || exec sleep 1000
`,
  gpioget: `
level=$(cat "$chip/level-$line" 2>/dev/null || echo 0)
echo $(( level ^ low ))
`,
  gpiomon: `
[ -p "$chip/edges-$line" ] || mkfifo "$chip/edges-$line"
falling=$(case "$(gpiomon --version)" in *v1*) echo 0 ;; *) echo 2 ;; esac)
exec 8<> "$chip/edges-$line"
echo "watching $line" >> "$chip/runs"
while read -r level <&8; do
  active=$(( level ^ low ))
  [ "$active" = 0 ] && [ "$edges" = rising ] && continue
  if [ "$format" = 0 ]; then echo "event: line $line active $active"; elif [ "$active" = 1 ]; then echo 1; else echo "$falling"; fi
done
`,
}
