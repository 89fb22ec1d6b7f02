import { claim, createDataFilter, param, scope } from '@countersign/core'
import { preventSharedCaching } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard, requireAuth } from '@countersign/express'
import express from 'express'

interface StoredFile {
  name: string
  visibility: 'public' | 'private'
  ownerId: string
  reviews: { text: string; author: string }[]
}

const visibleFiles = createDataFilter<StoredFile>({
  rows: [
    { needs: scope('files.read_public'), where: { visibility: 'public' } },
    { needs: claim('sub', param('ownerId')) },
  ],
  fields: { author: scope('reviews.read_authors') },
})

export function serveFiles(files: StoredFile[]) {
  const guard = createAccessGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))
  return express().get('/files', guard.authenticate(), (req, res) => {
    preventSharedCaching(res)
    res.json(visibleFiles.all(files, requireAuth(req).grant))
  })
}
