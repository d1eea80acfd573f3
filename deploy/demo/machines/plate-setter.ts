import { escapeHtml, machinePage, notFound, readForm, sendHtml, type MachineServer } from './machine-server.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'

interface Job {
  readonly name: string
  readonly plates: number
  done: number
}

/** A plate setter: jobs come from a form, progress goes out as server-sent events. */
export function createPlateSetter(): MachineServer {
  const jobs: Job[] = [
    { name: 'Annual report', plates: 32, done: 12 },
    { name: 'Poster A1', plates: 8, done: 0 },
  ]
  const listeners = new Set<ServerResponse>()
  setInterval(() => {
    const job = jobs.find(({ plates, done }) => done < plates)
    if (job !== undefined) job.done += 1
    for (const listener of listeners) listener.write(`event: jobs\ndata: ${JSON.stringify(jobs)}\n\n`)
  }, 1_000).unref()
  return {
    request(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://plates')
      if (pathname === '/' && request.method === 'GET') return sendHtml(response, queuePage(jobs))
      if (pathname === '/events') {
        response
          .writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
          .write(`event: jobs\ndata: ${JSON.stringify(jobs)}\n\n`)
        listeners.add(response)
        return void response.on('close', () => listeners.delete(response))
      }
      if (pathname === '/jobs' && request.method === 'POST') {
        return void addJob(jobs, request, response)
      }
      notFound(response)
    },
  }
}

async function addJob(jobs: Job[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await readForm(request)
  const plates = Math.min(999, Math.max(1, Number(form.get('plates')) || 1))
  jobs.push({ name: (form.get('name') ?? '').slice(0, 80) || 'unnamed', plates, done: 0 })
  response.writeHead(303, { location: '/' }).end()
}

const row = ({ name, plates, done }: Job): string =>
  `<tr><td>${escapeHtml(name)}</td><td>${done} / ${plates}</td><td><progress max="${plates}" value="${done}"></progress></td></tr>`

const queuePage = (jobs: readonly Job[]): string =>
  machinePage(
    'Plate setter 3',
    `<table><thead><tr><th>Job</th><th>Plates</th><th>Progress</th></tr></thead><tbody id="jobs">${jobs.map(row).join('')}</tbody></table>
     <form method="post" action="/jobs"><label>Job<input name="name" required maxlength="80"></label><label>Plates<input name="plates" type="number" min="1" max="999" value="4"></label><button>Add job</button></form>`,
    `
    const events = new EventSource('/events')
    events.addEventListener('jobs', (event) => {
      const body = document.getElementById('jobs'); body.textContent = ''
      for (const job of JSON.parse(event.data)) {
        const line = body.insertRow(); line.insertCell().textContent = job.name; line.insertCell().textContent = job.done + ' / ' + job.plates
        const bar = document.createElement('progress'); bar.max = job.plates; bar.value = job.done; line.insertCell().append(bar)
      }
    })`,
  )
