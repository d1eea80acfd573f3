// @ts-check
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv }} RunOptions */
/** @typedef {RunOptions & { tied?: boolean }} PlaceOptions `tied`: a channel tells the program, if it listens, that we are gone */

/** @type {NodeJS.Signals[]} */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program without a word and keeps what it printed.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} a program that cannot be started counts as code 127
 */
export function runQuietly(program, args, options = {}) {
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const chunks = []
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }))
  })
}

/**
 * Runs a program in our place: its input and output are ours, signals are passed on, its exit code is the answer.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {PlaceOptions} [options]
 * @returns {Promise<number>}
 */
export function runInOurPlace(program, args, { tied = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    /** @type {import('node:child_process').StdioOptions} */
    const stdio = ['inherit', 'inherit', 'inherit', ...(tied ? [/** @type {const} */ ('ipc')] : [])]
    /** @type {import('node:child_process').ChildProcess} */
    const child = spawn(program, args, { ...options, stdio })
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      // A terminal gives its Ctrl-C to the whole group, so the child has it already; a second one could mean "at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    }
    for (const signal of PASSED_ON) process.on(signal, passOn)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const each of PASSED_ON) process.off(each, passOn)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
