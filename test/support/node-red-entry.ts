import { createRequire } from 'node:module'

/** Node-RED by its own start program (`red.js`, first argument) on any free port, in a process that ends with the one that started it. */
const [red = '', settings = '', userDir = ''] = process.argv.slice(2)
process.stdin.once('close', () => process.exit(0)).resume()
process.argv.splice(2, Infinity, '--settings', settings, '--userDir', userDir, '--port', '0')
createRequire(red)(red)
