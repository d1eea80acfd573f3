import { startRecorder } from './start-recorder.ts'

startRecorder()
