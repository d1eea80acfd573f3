import { maskModeOf } from './masking.ts'
import { startRecorder } from './start-recorder.ts'
import { tellPlace } from './tell-place.ts'

const script = document.currentScript
const mode = maskModeOf(script?.getAttribute('data-mask') ?? null)
// The page finds its document as it wrote it.
script?.remove()
startRecorder(mode)
tellPlace()
