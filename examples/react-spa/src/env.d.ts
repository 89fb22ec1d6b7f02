interface ViteTypeOptions {
  strictImportMetaEnv: unknown
}

/** The variables of `.env`. */
interface ImportMetaEnv {
  readonly VITE_PROJECT_ID: string
  readonly VITE_CLIENT_ID: string
  readonly VITE_IDP_URL: string
  readonly VITE_API_URL: string
}
