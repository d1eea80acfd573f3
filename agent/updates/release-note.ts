import { AgentError } from '../basics/agent-error.ts'
import { compareVersions, versionPattern } from './compare-versions.ts'

/** What two signers stand for: this program, for these machines. */
export interface Release {
  readonly version: string
  /** As {@link thisPlatform}. */
  readonly platform: string
  /** Of the program, bytes. */
  readonly length: number
  /** Of the program, lower-case hex. */
  readonly sha256: string
  /** Unix milliseconds: not taken after it. Null: always. */
  readonly expiresMs: number | null
  /** For people, one paragraph each, in their language. */
  readonly news: Readonly<Record<NewsLanguage, readonly string[]>>
}

export type NewsLanguage = 'en' | 'de'

/** What nothing else that is signed begins with. */
const firstLine = 'sallyport-agent-update/1'
export const mostProgramBytes = 512 * 1024 * 1024
const longestNews = 500
const mostNews = 20

/** `linux-x64` */
export const thisPlatform: string = `${process.platform}-${process.arch}`

/** The text that is signed. @throws AgentError `bad_package` as `parseRelease` */
export function writeRelease({ version, platform, length, sha256, expiresMs, news }: Release): string {
  const lines = [
    firstLine,
    `version ${version}`,
    `platform ${platform}`,
    `length ${length}`,
    `sha256 ${sha256}`,
    ...(expiresMs === null ? [] : [`expires ${new Date(expiresMs).toISOString()}`]),
    ...news.en.map((line) => `news-en ${line}`),
    ...news.de.map((line) => `news-de ${line}`),
  ]
  const text = `${lines.join('\n')}\n`
  parseRelease(text)
  return text
}

/** Reads what was signed. A line that it does not know is left to newer agents. @throws AgentError `bad_package` */
export function parseRelease(text: string): Release {
  const bad = (why: string): AgentError => new AgentError({ code: 'bad_package', message: `The signed note of the update ${why}.` })
  const [first, ...lines] = text.slice(0, -1).split('\n')
  if (first !== firstLine || !text.endsWith('\n')) throw bad(`does not begin with ${firstLine}`)
  const values = new Map<string, string[]>()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([a-z][a-z0-9-]*) (\S.*)$/u.exec(line) ?? []
    if (name === '') throw bad('has a line without name and value')
    values.set(name, [...(values.get(name) ?? []), value])
  }
  const one = (name: string, pattern: RegExp): string => {
    const [value, ...others] = values.get(name) ?? []
    if (value === undefined || others.length > 0 || !pattern.test(value)) throw bad(`has no ${name} that can be read`)
    return value
  }
  const length = Number(one('length', /^[1-9]\d{0,9}$/))
  if (length > mostProgramBytes) throw bad(`is for a program of more than ${mostProgramBytes} bytes`)
  const expires = values.has('expires') ? Date.parse(one('expires', /^\d{4}-\d{2}-\d{2}T[\d:.]{8,12}Z$/)) : null
  if (Number.isNaN(expires)) throw bad('has no expires that can be read')
  const news = (language: NewsLanguage): readonly string[] => {
    const paragraphs = values.get(`news-${language}`) ?? []
    if (paragraphs.length > mostNews || paragraphs.some((paragraph) => paragraph.length > longestNews))
      throw bad(`has more news than ${mostNews} paragraphs of ${longestNews} characters`)
    return paragraphs
  }
  return {
    version: one('version', versionPattern),
    platform: one('platform', /^[a-z0-9]+-[a-z0-9]+$/),
    length,
    sha256: one('sha256', /^[0-9a-f]{64}$/),
    expiresMs: expires,
    news: { en: news('en'), de: news('de') },
  }
}

export interface Judged {
  readonly platform: string
  /** Of the agent that runs. */
  readonly running: string
  /** The highest version that ever worked on this machine, or null. */
  readonly floor: string | null
  readonly nowMs: number
}

/** Whether this machine may take it. @throws AgentError `wrong_platform`, `not_newer`, `update_expired` */
export function judgeRelease(release: Release, { platform, running, floor, nowMs }: Judged): void {
  const { version, expiresMs } = release
  if (release.platform !== platform)
    throw new AgentError({ code: 'wrong_platform', message: `This update is for ${release.platform}, and this machine is ${platform}.` })
  if (compareVersions(version, running) <= 0)
    throw new AgentError({
      code: 'not_newer',
      message: `This update is version ${version}, and version ${running} runs here: only newer ones are taken.`,
    })
  if (floor !== null && compareVersions(version, floor) < 0)
    throw new AgentError({
      code: 'not_newer',
      message: `This update is version ${version}, and version ${floor} was on this machine before: nothing older is taken.`,
    })
  if (expiresMs !== null && nowMs >= expiresMs)
    throw new AgentError({
      code: 'update_expired',
      message: `This update was to be installed before ${new Date(expiresMs).toISOString()}. Ask for a newer one, or look at the machine's clock.`,
    })
}
