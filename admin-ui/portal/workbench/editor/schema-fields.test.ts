import { describe, expect, test } from 'vitest'
import { fieldsAt, schemasAt, typeOf } from './schema-fields.ts'
import type { FieldSchema } from './schema-fields.ts'

const schema: FieldSchema = {
  type: 'object',
  properties: {
    action: { type: 'string', enum: ['view', 'open'] },
    technician: {
      type: 'object',
      properties: {
        regions: { type: 'array', items: { type: 'string' }, description: 'Where he may work.' },
        trainings: { type: 'array', items: { type: 'object', properties: { level: { type: 'integer' } } } },
      },
    },
    approval: { anyOf: [{ type: 'object', properties: { operator: { type: 'string' } } }, { type: 'null' }] },
    switches: { type: 'object', additionalProperties: { type: 'boolean' } },
  },
}

describe('fields of a schema', () => {
  test('are its members, with their types and texts', () => {
    expect(fieldsAt(schema, []).map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'action: "view" | "open"',
      'technician: object',
      'approval: object or null',
      'switches: object',
    ])
    expect(fieldsAt(schema, ['technician'])[0]).toEqual({ name: 'regions', type: 'string[]', text: 'Where he may work.' })
  })

  test('are found within what may be null, within the items of a list and behind a name of a map', () => {
    expect(fieldsAt(schema, ['approval']).map(({ name }) => name)).toEqual(['operator'])
    expect(fieldsAt(schema, ['technician', 'trainings', '0']).map(({ name }) => name)).toEqual(['level'])
    expect(schemasAt(schema, ['switches', 'hmi']).map(typeOf)).toEqual(['boolean'])
  })

  test('are none where nothing can stand', () => {
    expect(fieldsAt(schema, ['action', 'more'])).toEqual([])
    expect(fieldsAt(schema, ['misspelt'])).toEqual([])
  })
})
