import { expect, it } from 'vitest'
import { projectOpa, policiesDir } from '../../../../policies/project-opa.ts'
import { inWorkspace } from '../../compiler/policy-workspace.ts'
import { policySources } from '../../policy-files.ts'
import type { PolicySources } from '../../policy-files.ts'
import { smallPolicy, withFiles, withRule } from '../../testing/small-policy.ts'
import { createOutlines } from '../outline-modules.ts'
import { lintPolicy } from './lint-policy.ts'

const outlines = createOutlines({ opa: projectOpa(), contractDir: policiesDir, timeLimitMs: 60_000 })

/** `code path:line`, by what the compiler says of each module. */
async function lint(sources: PolicySources): Promise<string[]> {
  const { modules, findings } = await inWorkspace(sources, (dir) => outlines({ sources, dir }))
  const unread = Object.keys(sources).filter((path) => path.endsWith('.rego') && !modules.some((module) => module.path === path))
  expect([findings, unread]).toEqual([[], []])
  return lintPolicy(sources, modules).map(({ code, path, line }) => `${code} ${path}:${line}`)
}

it('says nothing of a policy that is as it should be', async () => {
  expect(await lint(smallPolicy)).toEqual([])
})

it('says nothing of the shipped policy', async () => {
  expect(await lint(policySources(policiesDir))).toEqual([])
}, 120_000)

it('finds a rule that the decision never reads, and none that a rule reads by a name that is computed', async () => {
  const unused = withRule(
    'unused',
    'denials := set()\n\nforgotten if input.x',
    'test_it if unused.denials == set()\n\ntest_forgotten if not unused.forgotten',
  )
  expect(await lint(unused)).toEqual(['unused_rule rules/unused.rego:5'])
  const used = withRule('used', 'denials := d if d := {"a" | forgotten}\n\nforgotten if input.x')
  expect(await lint(used)).toEqual([])
})

it('finds a rule without a test, although the test of the whole decision passes through it', async () => {
  expect(await lint(withFiles({ 'rules/region_test.rego': null }))).toEqual([
    'untested_rule rules/region.rego:4',
    'untested_rule rules/region.rego:15',
  ])
})

it('takes a rule for tested when a test reaches it through another one of its package', async () => {
  const rego = 'denials := {d | some d in inner}\n\ninner := {deeper}\n\ndeeper := "x"'
  expect(await lint(withRule('deep', rego))).toEqual([])
})

it('finds a denial, and a missing thing, without a text', async () => {
  const rego = 'denials contains {"code": "no_words", "message": "m"} if input.x\n\nmissing contains "nothing" if count(denials) > 0'
  const sources = withRule('wordless', rego, 'test_it if count(wordless.denials) + count(wordless.missing) == 0')
  const read = {
    'access/decision.rego': (sources['access/decision.rego'] ?? '').replace(
      '"missing": set()',
      '"missing": {m | some m in rules[_].missing}',
    ),
  }
  expect(await lint({ ...sources, ...read })).toEqual([
    'denial_without_text rules/wordless.rego:3',
    'denial_without_text rules/wordless.rego:5',
  ])
})

it('finds the code of a denial behind a constant and a function, and says where there is none', async () => {
  const constant = 'denials contains one if input.x\n\none := {"code": "of_constant", "message": "m"}'
  expect(await lint(withRule('constant', constant))).toEqual(['denial_without_text rules/constant.rego:5'])
  const called = 'denials contains one(input.x) if input.x\n\none(x) := {"code": "of_function", "message": x}'
  expect(await lint(withRule('called', called))).toEqual(['denial_without_text rules/called.rego:5'])
  const computed = 'denials contains {"code": concat("_", ["a", input.x]), "message": "m"} if input.x'
  expect(await lint(withRule('computed', computed))).toEqual(['denial_without_code rules/computed.rego:3'])
})

it('finds a rule that time changes without an instant, and none with one', async () => {
  const late = 'denials := {"late"} if input.time.unix > input.device.contract.valid_until'
  expect(await lint(withRule('late', late))).toEqual(['time_without_instant rules/late.rego:3'])
  const named = `${late}\n\nchanges_at contains input.device.contract.valid_until if input.device.contract`
  const sources = withRule('late', named, 'test_it if count(late.changes_at) == 0\n\ntest_d if not late.denials')
  const decision = (sources['access/decision.rego'] ?? '').replace('253402300799', 'min({at | some at in rules[_].changes_at})')
  expect(await lint({ ...sources, 'access/decision.rego': decision })).toEqual([])
})

it('finds a document that is gone through for one id, in every plain way of writing it, and not a look-up', async () => {
  const scan = (body: string) => withRule('scan', `denials := {"x"} if {\n\t${body}\n}`)
  const found = ['scan_for_look_up rules/scan.rego:4']
  expect(await lint(scan('some entry in data.machines\n\tentry.id == input.device.id'))).toEqual(found)
  expect(await lint(scan('some id, entry in data.machines\n\tid == input.device.id\n\tentry.locked'))).toEqual(found)
  expect(await lint(scan('data.machines[_].machine_id == input.device.id'))).toEqual(found)
  const plain = [
    'some id\n\tdata.machines[id].locked\n\tid == input.device.id',
    'some id\n\tdata.plants.machines[id].locked\n\tinput.device.id == id',
    'machine := data.machines[_]\n\tmachine.id == input.device.id',
    'some place\n\tmachine := data.machines[place]\n\tmachine.id == input.device.id',
    'machines := data.machines\n\tsome machine in machines\n\tmachine.id == input.device.id',
    'data.machines[_].id = input.device.id',
  ]
  for (const body of plain)
    expect([body, (await lint(scan(body))).map((one) => one.split(':')[0])]).toEqual([body, ['scan_for_look_up rules/scan.rego']])
  expect(await lint(scan('some id\n\tid = input.device.id\n\tdata.machines[id].locked'))).toEqual([])
  expect(await lint(scan('id := input.device.id\n\tmachine := data.machines[id]\n\tmachine.id == id'))).toEqual([])
  expect(await lint(scan('some id\n\tdata.machines[id].locked'))).toEqual([])
  expect(await lint(scan('data.machines[input.device.id].locked'))).toEqual([])
  expect(await lint(scan('some entry in data.windows\n\tentry.from <= input.session.requested_at'))).toEqual([])
  expect(await lint(scan('some training in input.technician.trainings\n\ttraining.id == input.device.id'))).toEqual([])
})

it('says that there is no decision, and not that everything else is unused then', async () => {
  const sources = withFiles({ 'access/decision.rego': null, 'access/decision_test.rego': null })
  expect(await lint(sources)).toEqual(['decision_missing :1'])
})
