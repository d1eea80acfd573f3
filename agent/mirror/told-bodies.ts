import type { PanelMirrorAsset, PanelMirrorPage, PanelMirrorRequest } from '../panel/panel-api-mirror.ts'
import type { MirroredPage } from './pages.ts'
import type { SeenAsset } from './seen-assets.ts'
import type { SeenRequest } from './seen-requests.ts'

/** What the panel is told of a page and of a request (panel-api-mirror.ts), live and in a recording. */
export function pageBody({ id, service, openedAtMs, header, hole }: MirroredPage): PanelMirrorPage {
  return { id, service, opened_at: openedAtMs, told: header, hole }
}

export function requestBody(
  { atMs, service, bytesUp, bytesDown, ...rest }: SeenRequest,
  title: (service: string) => string,
): PanelMirrorRequest {
  return { ...rest, at: atMs, service: title(service), bytes_up: bytesUp, bytes_down: bytesDown }
}

export function assetBody({ service, path, type, bytes }: SeenAsset): PanelMirrorAsset {
  return { service, path, data: `data:${type};base64,${bytes.toString('base64')}` }
}
