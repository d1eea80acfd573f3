// `npm run sbom`: writes dist/sallyport.cdx.json, the bill of materials of a release.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectSbom } from './project-sbom.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
mkdirSync(join(root, 'dist'), { recursive: true })
writeFileSync(join(root, 'dist/sallyport.cdx.json'), projectSbom(root))
console.log('dist/sallyport.cdx.json')
