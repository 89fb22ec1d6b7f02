export { CountersignProvider, useClient, useSession } from '@countersign/react'
export { openApp } from './countersign.ts'
