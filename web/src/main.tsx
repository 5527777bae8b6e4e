import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import './app/global.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { startI18n } from './app/i18n'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
startI18n().then(i18n =>
  createRoot(root).render(
    <StrictMode>
      <App i18n={i18n} />
    </StrictMode>,
  ),
)
