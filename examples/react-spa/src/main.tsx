import '@countersign-example/shared/style.css'
import { CountersignProvider } from '@countersign/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { client } from './client.ts'

const element = document.getElementById('app')
if (!element) throw new Error('index.html has no element with the id "app".')

createRoot(element).render(
  <StrictMode>
    <CountersignProvider client={client}>
      <App />
    </CountersignProvider>
  </StrictMode>,
)
