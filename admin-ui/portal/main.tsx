// oxlint-disable-next-line import/no-unassigned-import -- it must have run before the first schema of the API is made
import './zod-without-eval.ts'
import '../look/mantine-portal.css'
import '../look/base.css'
import './portal.css'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { PageLook } from '../look/page-look.tsx'
import { LanguageProvider } from '../words/language.tsx'
import { ApiContext } from './api/api-context.tsx'
import { createApi } from './api/create-api.ts'
import { problemOf } from './api/problem-error.ts'
import { componentDefaults } from './component-defaults.ts'
import { PortalApp } from './portal-app.tsx'

/** Only an answer that may be another one next time is asked for again by itself. */
const worthRetrying = (failures: number, error: unknown): boolean => failures < 2 && [0, 502, 503, 504].includes(problemOf(error).status)

const queries = new QueryClient({ defaultOptions: { queries: { retry: worthRetrying, staleTime: 10_000 } } })
const api = createApi()

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root')
createRoot(root).render(
  <StrictMode>
    <PageLook kind="portal" components={componentDefaults}>
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <ApiContext value={api}>
            <Notifications position="bottom-right" />
            <PortalApp />
          </ApiContext>
        </QueryClientProvider>
      </LanguageProvider>
    </PageLook>
  </StrictMode>,
)
