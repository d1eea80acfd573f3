import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ChangeDevice, Device } from '../../../gateway/http-api/contract/administration.ts'
import { useApi } from '../api/api-context.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** Changes members of one device, from the version that is shown. */
export const useChangeDevice = (device: Device) => {
  const words = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: Omit<ChangeDevice, 'version'>) => api.changeDevice(device.id, { ...change, version: device.version }),
    onSuccess: (changed) => {
      queries.setQueryData(['device', device.id], changed)
      void queries.invalidateQueries({ queryKey: ['devices'] })
      notifications.show({ message: words.saved })
    },
  })
}
