import fc from 'fast-check'
import { policyDataSchemas } from '../../../gateway/policies-admin/data/policy-data.ts'
import { generateSchemas } from '../../generate-schemas.ts'
import { arbitraryDocument } from './arbitrary-document.ts'
import type { DocumentSchema } from './arbitrary-document.ts'

/** What the inputs of the tests name, so that other data speaks of them. */
const words = [
  ...'press platesetter hmi shell vnc plc pwd mfa hwk otp remote_access service_http service_ssh nothing'.split(' '),
  ...'view request open use extend export watch_recording region training extension gone'.split(' '),
  ...'dach benelux europe iberia Heidelberg Kiel 2026-11 2026-11-24 2026-11-25 2026-12-31 00:00 05:47 07:00 07:30 12:00 24:00 /* /admin/* GET *'.split(
    ' ',
  ),
  'Olga Brandt',
  'Mia Sommer',
]

const documents = Object.fromEntries(
  Object.keys(policyDataSchemas).map((name) => {
    const schema = JSON.parse(generateSchemas()[`data/${name}.json`] ?? '') as DocumentSchema
    return [name, arbitraryDocument(schema.properties?.[name] ?? {}, words)]
  }),
)

/** Every document that the shipped rules read, by its name, anywhere within its schema. */
export const arbitraryData: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record(documents)
