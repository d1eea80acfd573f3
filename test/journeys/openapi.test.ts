import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CookieFetch } from '../support/browser-less.ts'
import { runDemo, type RunningDemoProcess } from '../support/running-demo.ts'

let demo: RunningDemoProcess
beforeAll(async () => {
  demo = await runDemo()
}, 60_000)
afterAll(async () => {
  await demo[Symbol.asyncDispose]()
})

it('describes the API in a valid OpenAPI 3.1 document, with a summary for every operation', async () => {
  const response = await new CookieFetch().fetch(demo.description.api)
  const document = (await response.json()) as { openapi: string; paths: Record<string, Record<string, { summary?: string }>> }
  expect(document.openapi).toBe('3.1.0')
  expect(await new Validator().validate(document)).toMatchObject({ valid: true })
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => ({ path, method, summary })),
  )
  expect(operations.length).toBeGreaterThan(30)
  expect(operations.filter(({ summary }) => summary === undefined)).toEqual([])
})
