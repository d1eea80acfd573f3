import '../look/mantine-panel.css'
import '../look/base.css'
import './panel.css'
import './replay/replay.css'
import { createRoot } from 'react-dom/client'
import { PageLook } from '../look/page-look.tsx'
import { LanguageProvider } from '../words/language.tsx'
import { PanelApp } from './panel-app.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root')
// Without StrictMode: in development it would spend the one-time code twice.
createRoot(root).render(
  <PageLook kind="panel">
    <LanguageProvider>
      <PanelApp />
    </LanguageProvider>
  </PageLook>,
)
