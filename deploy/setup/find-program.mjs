// @ts-check
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * @param {string} file
 * @returns {boolean} whether `file` is a program that we may run
 */
export function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/**
 * Every program of one of these names on the path, in the order of the names and then of the path.
 * @param {readonly string[]} names
 * @param {string} [path]
 * @returns {string[]}
 */
export function findPrograms(names, path = process.env['PATH'] ?? '') {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).filter(isProgram)
}
