import { startRecorder } from './start-recorder.ts'
import { tellPlace } from './tell-place.ts'

// The page finds its document as it wrote it.
document.currentScript?.remove()
startRecorder()
tellPlace()
