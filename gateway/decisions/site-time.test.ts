import { describe, expect, it } from 'vitest'
import { decisionTimeSchema } from './decision-input.ts'
import { isTimeZone, siteTime } from './site-time.ts'

const at = (utc: string): number => Date.parse(utc) / 1000

describe('siteTime', () => {
  it('tells the wall clock at the site, in summer and in winter', () => {
    expect(siteTime(at('2026-07-01T22:30:00Z'), 'Europe/Berlin').local).toEqual({
      date: '2026-07-02',
      weekday: 'thursday',
      hour: 0,
      minute: 30,
      zone: 'Europe/Berlin',
    })
    expect(siteTime(at('2026-12-01T22:30:00Z'), 'Europe/Berlin').local).toMatchObject({ date: '2026-12-01', hour: 23, minute: 30 })
  })

  it('knows zones with half hours and the other side of the date line', () => {
    expect(siteTime(at('2026-11-24T06:00:00Z'), 'Asia/Kolkata').local).toMatchObject({ hour: 11, minute: 30, weekday: 'tuesday' })
    expect(siteTime(at('2026-11-24T12:00:00Z'), 'Pacific/Auckland').local).toMatchObject({
      date: '2026-11-25',
      hour: 1,
      weekday: 'wednesday',
    })
  })

  it('counts a zone that nobody knows as UTC and says so', () => {
    expect(siteTime(at('2026-11-24T06:00:00Z'), 'Mars/Olympus').local).toMatchObject({ hour: 6, zone: 'UTC' })
    expect(isTimeZone('Mars/Olympus')).toBe(false)
    expect(isTimeZone('Europe/Vienna')).toBe(true)
  })

  it('answers each second and each zone for itself, in any order', () => {
    const seconds = ['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T00:59:59Z'].map(at)
    const hours = seconds.flatMap((unixS) => ['Europe/Berlin', 'UTC'].map((zone) => siteTime(unixS, zone).local.hour))
    expect(hours).toEqual([1, 0, 3, 1, 1, 0])
  })

  it('fits the schema of the policy input', () => {
    for (const zone of ['UTC', 'America/St_Johns', 'Pacific/Kiritimati'])
      expect(() => decisionTimeSchema.parse(siteTime(at('2026-01-01T00:00:00Z'), zone))).not.toThrow()
    expect(siteTime(at('2026-01-01T00:00:00Z'), 'UTC').utc).toBe('2026-01-01T00:00:00Z')
  })
})
