import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, it } from 'vitest'
import { projectRoot } from '../../test/support/source-tree.ts'
import { projectSbom } from './project-sbom.ts'

interface Bom {
  readonly serialNumber: string
  readonly components: readonly {
    readonly 'bom-ref': string
    readonly name: string
    readonly version: string
    readonly licenses: readonly object[]
    readonly hashes?: readonly { readonly content: string }[]
  }[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const text = projectSbom(projectRoot)
const bom = JSON.parse(text) as Bom
const dependsOn = (ref: string) => bom.dependencies.find((each) => each.ref === ref)?.dependsOn

/** The schema that the CycloneDX project publishes, with those it refers to. */
function validator() {
  const schema = (name: string) => {
    const file = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')
    return JSON.parse(readFileSync(new URL(`res/schema/${name}.SNAPSHOT.schema.json`, `file://${file}`), 'utf8'))
  }
  const ajv = new Ajv({ strict: false, allErrors: true })
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  addFormats.default(ajv)
  ajv.addFormat('idn-email', true).addFormat('iri-reference', true)
  return ajv.compile(schema('bom-1.6'))
}

it('the bill of materials is CycloneDX 1.6 by its schema, and another one is not', () => {
  const validate = validator()
  expect(validate(bom), JSON.stringify(validate.errors?.slice(0, 5))).toBe(true)
  expect(validate({ ...bom, components: [{ name: 'without a type' }] })).toBe(false)
  expect(validate({ ...bom, components: [{ ...bom.components[0], licenses: [{ license: { id: 'no licence' } }] }] })).toBe(false)
})

it('the same sources give the same bytes', () => expect(projectSbom(projectRoot)).toBe(text))

it('each component stands in it once, with its licence, and every package with its hash', () => {
  const refs = bom.components.map((component) => component['bom-ref'])
  expect(new Set(refs).size).toBe(refs.length)
  expect(bom.components.filter(({ licenses }) => licenses.length === 0).map(({ name }) => name)).toEqual([])
  const packages = bom.components.filter((component) => component['bom-ref'].startsWith('pkg:npm/'))
  expect(packages.filter(({ hashes }) => !/^[0-9a-f]{128}$/u.test(hashes?.[0]?.content ?? ''))).toEqual([])
  expect(bom.dependencies.flatMap((each) => each.dependsOn).filter((ref) => !refs.includes(ref))).toEqual([])
})

it('it says what each program needs: the agent Node alone, the gateway its packages, the pages what is bundled into them', () => {
  expect(dependsOn('sallyport/agent')).toEqual(['node.js'])
  expect(dependsOn('sallyport/gateway')).toEqual(expect.arrayContaining([expect.stringMatching(/^pkg:npm\/fastify@/u)]))
  expect(dependsOn('sallyport/idp')).toEqual(expect.arrayContaining([expect.stringMatching(/^pkg:npm\/oidc-provider@/u)]))
  expect(dependsOn('sallyport/pages')).toEqual(expect.arrayContaining([expect.stringMatching(/^pkg:npm\/%40mantine\/core@/u)]))
  const names = bom.components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['opa', 'node', 'react-dom', 'zod']))
  expect(names).not.toContain('vitest')
})
