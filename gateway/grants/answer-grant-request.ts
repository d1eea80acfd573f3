import { CodedError, isCodedError } from '../basics/coded-error.ts'
import type { GrantRequestId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { administrator, technician } from '../ledger/event.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { Person } from '../people/person.ts'
import { isOnListOf, type GrantRequest } from './grant-request.ts'
import { grantEvent, type GrantRoom } from './grant-room.ts'

/** Whether a request is on this person's list. Nobody answers what he asked for himself. */
export const mayAnswer = (person: Person, request: GrantRequest): boolean => isOnListOf(request, person) && person.id !== request.personId

export interface GrantAnswer {
  /** `granted` only for a request about rights in general: any other ends as granted when its reason is gone, and not by a word. */
  readonly verdict: 'granted' | 'declined'
  readonly text: string
}

/** @throws CodedError `grant_request_unknown`, `grant_it_first`, `grant_request_over` */
export async function answerGrantRequest(room: GrantRoom, person: Person, id: GrantRequestId, answer: GrantAnswer): Promise<GrantRequest> {
  const request = await room.store.find(wholeInstallation, id)
  if (request === undefined || !mayAnswer(person, request)) throw unknownRequest()
  if (answer.verdict === 'granted' && request.about !== null)
    throw new CodedError({
      code: 'grant_it_first',
      message: 'Grant it where it is kept: the request ends by itself once its reason is gone.',
      remedy: 'conflict',
    })
  const { verdict, text } = answer
  const answered: GrantRequest = { ...request, state: verdict, answer: { at: room.clock.nowS(), by: person.id, text } }
  return endRequest(room, request, answered, administrator(person.id))
}

/** By whoever asked. @throws CodedError `grant_request_unknown`, `grant_request_over` */
export async function withdrawGrantRequest(room: GrantRoom, person: Person, id: GrantRequestId): Promise<GrantRequest> {
  const request = await room.store.find(wholeInstallation, id)
  if (request === undefined || request.personId !== person.id) throw unknownRequest()
  const withdrawn: GrantRequest = { ...request, state: 'withdrawn', answer: { at: room.clock.nowS(), by: person.id, text: '' } }
  return endRequest(room, request, withdrawn, technician(person.id))
}

export async function endRequest(
  room: Pick<GrantRoom, 'store' | 'changes'>,
  before: GrantRequest,
  after: GrantRequest,
  actor: NewEvent['actor'],
): Promise<GrantRequest> {
  if (before.state !== 'open') throw isOver()
  try {
    await room.store.end(wholeInstallation, after, [grantEvent('grant.answered', after, actor)])
  } catch (error) {
    throw isCodedError(error, 'stale_version') ? isOver() : error
  }
  room.changes.tell(after)
  return after
}

const isOver = (): CodedError =>
  new CodedError({ code: 'grant_request_over', message: 'This request was answered or withdrawn already.', remedy: 'conflict' })

/** The same whether there is none or it is somebody else's. */
const unknownRequest = (): CodedError =>
  new CodedError({ code: 'grant_request_unknown', message: 'There is no such request for you.', remedy: 'not_found' })
