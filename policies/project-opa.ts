import { fileURLToPath } from 'node:url'
import { findOpa } from '../gateway/policies-admin/find-opa.ts'

export const policiesDir = fileURLToPath(new URL('.', import.meta.url)).replace(/[\\/]$/, '')

/** The compiler for scripts and tests of this project. */
export const projectOpa = (): string => findOpa({ environment: process.env, projectDir: fileURLToPath(new URL('..', import.meta.url)) })
