import type { CommandLine, GpioLine } from './hardware-settings.ts'

/** Which words the programs of libgpiod know: others since 2. `version`: what one of them says to `--version`. */
const isFirst = (version: string): boolean => /\bv1\./u.test(version)

const low = ({ activeLow }: GpioLine): readonly string[] => (activeLow ? ['--active-low'] : [])
const placeOf = ({ chip, line }: GpioLine, version: string): readonly string[] =>
  isFirst(version) ? [chip, String(line)] : [`--chip=${chip}`, String(line)]

/**
 * None of these programs looks at its standard input, so one whose agent was killed would hold the line for good, and the next agent would not get it.
 * So a shell puts a watch beside the program, which ends it with the input. The program takes the shell's place and its number, and nothing in between.
 */
const untilInputEnds = (then: string): string => `exec 3<&0; (cat <&3 >/dev/null; kill $$${then}) &`
const shell = (script: string, words: readonly (readonly string[])[]): CommandLine => ({
  program: '/bin/sh',
  // Each list goes as one word and is split by the shell: what stands in it is options, names of chips and numbers.
  args: ['-c', script, 'sh', ...words.map((list) => list.join(' '))],
})

/** Prints a line at each rising edge, at once. */
export function pressCommand(wired: GpioLine, version: string): CommandLine {
  const edges = isFirst(version) ? ['--rising-edge', '--line-buffered'] : ['--edges=rising']
  return shell(`${untilInputEnds('')} exec gpiomon $1 3<&-`, [[...edges, ...low(wired), ...placeOf(wired, version)]])
}

/**
 * The kernel keeps few edges, and drops the newest of a contact that bounces for longer than anybody reads: the one that lets go. It tells of a level
 * that has stood for so long, and version 1 cannot ask it to.
 */
const settled = '--debounce-period=5ms'

/** What {@link levelCommand} prints where the line was active before it was watched. */
export const activeAtStart = 'active at start'

/** Prints {@link activeAtStart} or `0` first, then `1` at each rising edge and another number at each falling one. */
export function levelCommand(wired: GpioLine, version: string): CommandLine {
  const [numeric, edges] = isFirst(version) ? [[], ['--line-buffered']] : [['--numeric'], ['--edges=both', settled]]
  // The line cannot be read any more once it is watched.
  const first = `case $(gpioget $1 3<&-) in 1) echo ${activeAtStart} ;; 0) echo 0 ;; *) exit 1 ;; esac`
  const place = [...low(wired), ...placeOf(wired, version)]
  return shell(`${untilInputEnds('')} ${first}; exec gpiomon $2 3<&-`, [
    [...numeric, ...place],
    [...edges, '--format=%e', ...place],
  ])
}

/**
 * Holds the line at what it is told until its input ends, and sets it to inactive then: a line that nobody holds keeps its last value on
 * many chips.
 */
export function setCommand(wired: GpioLine, isActive: boolean, version: string): CommandLine {
  const { chip, line } = wired
  const [hold, once] = isFirst(version) ? [['--mode=signal'], ['--mode=exit']] : [[], ['--toggle=0']]
  const words = (value: number): readonly string[] =>
    isFirst(version) ? [...low(wired), chip, `${line}=${value}`] : [...low(wired), `--chip=${chip}`, `${line}=${value}`]
  const off = '; for n in 1 2 3 4 5; do gpioset $2 3<&- && break; sleep 0.1; done'
  return shell(`${untilInputEnds(off)} exec gpioset $1 3<&-`, [
    [...hold, ...words(isActive ? 1 : 0)],
    [...once, ...words(0)],
  ])
}
