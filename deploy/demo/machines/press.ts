import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { cookieOf, machinePage, notFound, readForm, sendHtml, sendJson, type MachineServer } from './machine-server.ts'

const account = { user: 'service', password: 'press' }
const tickMs = 500

interface PressState {
  running: boolean
  speed: number
  wanted: number
  sheets: number
  temperature: number
}

/** A printing press that moves: a login of its own, live values and commands over a WebSocket, print data to load and logs to fetch. */
export function createPress(): MachineServer {
  const state: PressState = { running: true, speed: 9_000, wanted: 12_000, sheets: 48_210, temperature: 31.5 }
  const sessions = new Set<string>()
  const sockets = new WebSocketServer({ noServer: true })
  setInterval(() => {
    move(state)
    const values = JSON.stringify({ ...state, at: Date.now() })
    for (const socket of sockets.clients) if (socket.bufferedAmount < 65_536) socket.send(values)
  }, tickMs).unref()
  sockets.on('connection', (socket: WebSocket) => {
    socket.send(JSON.stringify({ ...state, at: Date.now() }))
    socket.on('message', (data: Buffer) => command(state, data.toString('utf8')))
  })
  const signedIn = (request: IncomingMessage): boolean => sessions.has(cookieOf(request, 'press_session') ?? '')

  return {
    request(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://press')
      if (pathname === '/login' && request.method === 'POST') return void signIn(request, response, sessions)
      if (!signedIn(request)) return pathname === '/' ? sendHtml(response, loginPage()) : sendJson(response, { error: 'sign in at /' }, 401)
      if (pathname === '/') return sendHtml(response, panelPage())
      if (pathname === '/download') return download(request, response)
      if (pathname === '/upload') return void upload(request, response)
      notFound(response)
    },
    upgrade(request, socket, head) {
      if (new URL(request.url ?? '/', 'http://press').pathname !== '/live' || !signedIn(request))
        return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
    },
  }
}

function move(state: PressState): void {
  const target = state.running ? state.wanted : 0
  state.speed += Math.round((target - state.speed) * 0.2 + (Math.random() - 0.5) * 60 * (state.running ? 1 : 0))
  state.speed = Math.max(0, state.speed)
  state.sheets += Math.round((state.speed / 3_600_000) * tickMs)
  state.temperature = Math.round((state.temperature + (state.running ? 0.02 : -0.03) + (Math.random() - 0.5) * 0.1) * 100) / 100
}

function command(state: PressState, text: string): void {
  const [verb, value] = text.split(' ')
  if (verb === 'start') state.running = true
  if (verb === 'stop') state.running = false
  if (verb === 'speed') state.wanted = Math.min(18_000, Math.max(0, Number(value) || 0))
}

async function signIn(request: IncomingMessage, response: ServerResponse, sessions: Set<string>): Promise<void> {
  const form = await readForm(request)
  if (form.get('user') !== account.user || form.get('password') !== account.password)
    return sendHtml(response, loginPage('Wrong name or password.'), 403)
  const id = randomBytes(16).toString('hex')
  sessions.add(id)
  response.writeHead(303, { location: '/', 'set-cookie': `press_session=${id}; Path=/; HttpOnly; SameSite=Strict` }).end()
}

const mebibyte = 1024 * 1024

/** `GET /download?mb=N`: the machine's log as N MiB of bytes that repeat every MiB, with their SHA-256 in a header. */
function download(request: IncomingMessage, response: ServerResponse): void {
  const count = Math.min(2_048, Math.max(1, Number(new URL(request.url ?? '/', 'http://press').searchParams.get('mb')) || 1))
  const block = Buffer.alloc(mebibyte)
  for (let at = 0; at < mebibyte; at += 1) block[at] = (at * 31 + (at >> 8)) & 0xff
  const digest = createHash('sha256')
  for (let sent = 0; sent < count; sent += 1) digest.update(block)
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': count * mebibyte,
    'content-disposition': 'attachment; filename="press-log.bin"',
    'x-sha256': digest.digest('hex'),
  })
  let sent = 0
  const push = (): void => {
    while (sent < count) {
      sent += 1
      if (!response.write(block)) return void response.once('drain', push)
    }
    response.end()
  }
  push()
}

/** `PUT /upload`: print data of any size; answers how much came, and its SHA-256. */
async function upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const digest = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      digest.update(chunk)
      bytes += chunk.length
    }
    sendJson(response, { bytes, sha256: digest.digest('hex') })
  } catch {
    response.destroy()
  }
}

const loginPage = (problem = ''): string =>
  machinePage(
    'Press 7 · sign in',
    `<p>The machine’s own login. In the demo: <b>${account.user}</b> / <b>${account.password}</b></p>${problem === '' ? '' : `<p role="alert">${problem}</p>`}
     <form method="post" action="/login"><label>Name<input name="user" autocomplete="username" required></label>
     <label>Password<input name="password" type="password" autocomplete="current-password" required></label><button>Sign in</button></form>`,
  )

const panelPage = (): string =>
  machinePage(
    'Press 7',
    `<div class="tiles"><div class="tile"><span>Speed, sheets/h</span><b id="speed">–</b></div><div class="tile"><span>Sheets printed</span><b id="sheets">–</b></div>
     <div class="tile"><span>Ink temperature, °C</span><b id="temperature">–</b></div><div class="tile"><span>State</span><b id="running">–</b></div></div>
     <section><canvas id="chart" width="900" height="150" aria-label="Speed over time"></canvas></section>
     <section><button class="go" id="start">Start</button> <button class="stop" id="stop">Stop</button>
     <form id="set"><label>Speed<input id="wanted" type="number" min="0" max="18000" step="500" value="12000"></label><button>Set speed</button></form></section>
     <section><h2>Files</h2><p><a href="/download?mb=5" download>Fetch the log (5 MiB)</a></p>
     <form id="load"><label>Print data<input id="file" type="file"></label><button>Load</button></form><output id="loaded"></output></section>
     <p id="link">connecting …</p>`,
    `
    const el = (id) => document.getElementById(id)
    const history = []
    function draw() {
      const canvas = el('chart'), context = canvas.getContext('2d')
      context.clearRect(0, 0, canvas.width, canvas.height); context.strokeStyle = '#3fa7a0'; context.lineWidth = 2; context.beginPath()
      history.forEach((value, index) => context.lineTo(index * 6, canvas.height - value / 18000 * canvas.height)); context.stroke()
    }
    let socket
    function connect() {
      socket = new WebSocket((location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + '/live')
      socket.onopen = () => { el('link').textContent = 'live' }
      socket.onmessage = (event) => {
        const state = JSON.parse(event.data)
        for (const name of ['speed', 'sheets', 'temperature']) el(name).textContent = state[name].toLocaleString('en')
        el('running').textContent = state.running ? 'running' : 'stopped'
        history.push(state.speed); if (history.length > 150) history.shift(); draw()
      }
      socket.onclose = () => { el('link').textContent = 'connection closed'; setTimeout(connect, 5000) }
    }
    connect()
    el('start').onclick = () => socket.send('start'); el('stop').onclick = () => socket.send('stop')
    el('set').onsubmit = (event) => { event.preventDefault(); socket.send('speed ' + el('wanted').value) }
    el('load').onsubmit = async (event) => {
      event.preventDefault(); const file = el('file').files[0]; if (!file) return
      el('loaded').textContent = 'loading …'
      const answer = await (await fetch('/upload', { method: 'PUT', body: file })).json()
      el('loaded').textContent = answer.bytes.toLocaleString('en') + ' bytes, SHA-256 ' + answer.sha256
    }`,
  )
