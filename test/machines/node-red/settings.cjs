// Node-RED's own settings file, for test/support/node-red-entry.ts. `NODE_RED_USERS`: its users as JSON, with bcrypt hashes.
module.exports = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  credentialSecret: 'of a machine that lives for one test',
  adminAuth: { type: 'credentials', users: JSON.parse(process.env.NODE_RED_USERS) },
  // Nothing here may ask the network.
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { palette: { allowInstall: false, allowUpload: false }, modules: { allowInstall: false } },
  editorTheme: { tours: false, palette: { catalogues: [] } },
  logging: {
    console: { level: 'warn', metrics: false, audit: false },
    ready: { level: 'info', metrics: false, audit: false, handler: () => sayWhenReady },
  },
}

function sayWhenReady({ msg }) {
  const found = /http:\/\/127\.0\.0\.1:(\d+)\/$/u.exec(msg)
  if (found !== null) process.stdout.write(`${JSON.stringify({ ready: true, port: Number(found[1]) })}\n`)
}
