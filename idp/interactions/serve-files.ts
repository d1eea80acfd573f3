import { homePage } from '../pages/home-page.ts'
import { favicon } from '../pages/marks.ts'
import { stylesheet } from '../pages/stylesheet.ts'
import type { Middleware } from '../provider/page-context.ts'
import type { FrameFor } from './frame-for.ts'

/** Style sheet, icon, and the page at the bare address. */
export function createFileRoutes(frameFor: FrameFor): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return void (await next())
    switch (ctx.path) {
      case '/style.css':
        ctx.type = 'css'
        ctx.set('cache-control', 'public, max-age=3600')
        ctx.body = stylesheet
        return
      case '/favicon.svg':
        ctx.type = 'image/svg+xml'
        ctx.set('cache-control', 'public, max-age=86400')
        ctx.body = favicon
        return
      case '/':
        ctx.type = 'html'
        ctx.body = homePage(frameFor(ctx))
        return
      default:
        await next()
    }
  }
}
