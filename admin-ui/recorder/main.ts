import { startRecorder } from './start-recorder.ts'

// The page finds its document as it wrote it.
document.currentScript?.remove()
startRecorder()
