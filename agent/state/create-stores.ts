import { createActStore } from './act-store.ts'
import { createChatStore } from './chat-store.ts'
import { createClockStore } from './clock-store.ts'
import { createEventStore } from './event-store.ts'
import { createHelpStore } from './help-store.ts'
import { createHistoryStore } from './history-store.ts'
import { createModeStore } from './mode-store.ts'
import { createPairingStore } from './pairing-store.ts'
import { createQuietStore } from './quiet-store.ts'
import { createRecordingStore } from './recording-store.ts'
import { createRemoteStore } from './remote-store.ts'
import type { StateDatabase } from './state-database.ts'
import { createSwitchStore } from './switch-store.ts'
import { createUpdateStore } from './update-store.ts'
import { createWrongPinStore } from './wrong-pin-store.ts'

/** Every store of the state directory. */
export const createStores = (database: StateDatabase) => ({
  history: createHistoryStore(database),
  quiet: createQuietStore(database),
  events: createEventStore(database),
  switches: createSwitchStore(database),
  remote: createRemoteStore(database),
  acts: createActStore(database),
  modes: createModeStore(database),
  help: createHelpStore(database),
  chat: createChatStore(database),
  clocks: createClockStore(database),
  recordings: createRecordingStore(database),
  pairings: createPairingStore(database),
  updates: createUpdateStore(database),
  wrongPins: createWrongPinStore(database),
})
