import { machinePage, notFound, sendHtml, sendJson, type MachineServer } from './machine-server.ts'

interface Step {
  readonly id: number
  readonly name: string
  on: boolean
}

/** A workflow server: a page over a small JSON API that knows GET, PUT and DELETE. */
export function createWorkflow(): MachineServer {
  const steps = new Map<number, Step>(
    ['Preflight', 'Imposition', 'Proof', 'Plates'].map((name, index) => [index + 1, { id: index + 1, name, on: true }]),
  )
  return {
    request(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://workflow')
      if (pathname === '/') return sendHtml(response, page())
      if (pathname === '/api/steps' && request.method === 'GET') return sendJson(response, [...steps.values()])
      const id = Number(/^\/api\/steps\/(\d+)$/.exec(pathname)?.[1])
      const step = steps.get(id)
      if (step !== undefined && request.method === 'PUT') {
        step.on = !step.on
        return sendJson(response, step)
      }
      if (step !== undefined && request.method === 'DELETE') {
        steps.delete(id)
        return sendJson(response, { deleted: id })
      }
      notFound(response)
    },
  }
}

const page = (): string =>
  machinePage(
    'Workflow server 1',
    `<table><thead><tr><th>Step</th><th>State</th><th></th></tr></thead><tbody id="steps"></tbody></table>`,
    `
    async function load() {
      const body = document.getElementById('steps'); const steps = await (await fetch('/api/steps')).json(); body.textContent = ''
      for (const step of steps) {
        const line = body.insertRow(); line.insertCell().textContent = step.name; line.insertCell().textContent = step.on ? 'on' : 'off'
        const button = document.createElement('button'); button.textContent = 'Switch'
        button.onclick = async () => { await fetch('/api/steps/' + step.id, { method: 'PUT' }); load() }
        line.insertCell().append(button)
      }
    }
    load()`,
  )
