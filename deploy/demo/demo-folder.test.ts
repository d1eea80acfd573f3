import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDemoFolder, type DemoFolder, type DemoMemory } from './demo-folder.ts'

const memory: DemoMemory = {
  ports: { public: 8443, tunnel: 8444, est: 8445, panels: [8451, 8452, 8453] },
  issuer: 'http://id.sallyport.localhost:8443',
  secrets: { passwords: { mia: 'pas-wor-d' }, enrolments: { 'press-7': 'onc-e' } },
}
let root: string
let opened: DemoFolder[]

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-folder-'))
  opened = []
})
afterEach(async () => {
  for (const folder of opened) folder.release()
  await rm(root, { recursive: true, force: true })
})

async function open(path: string | null, mayBeBeside = false): Promise<DemoFolder> {
  const folder = await openDemoFolder(path, mayBeBeside)
  opened.push(folder)
  return folder
}

describe('the folder of a demo', () => {
  it('is made where there is none, and gives back what it was told to remember', async () => {
    const path = join(root, 'deep', 'data')
    const first = await open(path)
    expect(first).toMatchObject({ path, memory: null })
    await first.remember(memory)
    first.release()
    expect((await open(path)).memory).toEqual(memory)
  })

  it('belongs to one demo at a time', async () => {
    const path = join(root, 'data')
    const first = await open(path)
    await first.remember(memory)
    await expect(open(path)).rejects.toMatchObject({
      code: 'folder_in_use',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    first.release()
    expect((await open(path)).memory).toEqual(memory)
  })

  it('that never came up is begun anew: nobody has seen its passwords', async () => {
    const path = join(root, 'data')
    const first = await open(path)
    await mkdir(join(path, 'gateway'))
    await writeFile(join(path, 'gateway', 'gateway.sqlite'), 'half')
    first.release()
    expect((await open(path)).memory).toBeNull()
    expect(await readdir(path)).not.toContain('gateway')
  })

  it('is never one that holds something else, and that stays as it is', async () => {
    await writeFile(join(root, 'gateway.json'), '{}')
    await expect(open(root)).rejects.toMatchObject({ code: 'folder_taken', message: expect.stringContaining('gateway.json') })
    expect(await readdir(root)).toEqual(['gateway.json'])
  })

  it.each([
    ['cut off', '{"format": 1, "state": "ma'],
    ['of another format', JSON.stringify({ format: 2, state: 'made', ...memory })],
    ['without a format', JSON.stringify(memory)],
  ])('with a memory %s is refused, and stays as it is', async (_what, text) => {
    await writeFile(join(root, 'demo.json'), text)
    await expect(open(root)).rejects.toMatchObject({ code: 'folder_of_other_version', message: expect.stringContaining('--data') })
    expect(await readFile(join(root, 'demo.json'), 'utf8')).toBe(text)
    expect(await readdir(root)).toEqual(['demo.json'])
  })

  it('cannot be a file, or lie in one', async () => {
    const file = join(root, 'file')
    await writeFile(file, '')
    for (const path of [file, join(file, 'below')])
      await expect(open(path)).rejects.toMatchObject({ code: 'folder_unusable', message: expect.stringContaining('--data') })
  })
})

describe('the usual folder', () => {
  const before = process.cwd()
  beforeEach(() => process.chdir(root))
  afterEach(() => process.chdir(before))

  it('has others beside it for demos side by side', async () => {
    const paths = [await open(null, true), await open(null, true), await open(null, true)].map(({ path }) => path)
    expect(paths).toEqual(['demo-data', 'demo-data-2', 'demo-data-3'].map((name) => join(process.cwd(), name)))
  })

  it('is the only one for a demo on the usual ports', async () => {
    await open(null)
    await expect(open(null)).rejects.toMatchObject({ code: 'folder_in_use' })
    expect(await readdir(root)).toEqual(['demo-data'])
  })
})
