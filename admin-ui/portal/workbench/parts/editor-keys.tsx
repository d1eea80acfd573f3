import { Popover } from '@mantine/core'
import { IconKeyboard } from '@tabler/icons-react'
import { useBenchWords } from '../words/bench-words.ts'

/** How the text is left without a mouse always stands below it; the other keys on demand. */
export const EditorKeys = ({ id }: { readonly id: string }) => {
  const words = useBenchWords()
  return (
    <div className="editor-keys">
      <span id={id}>{words.keysLeave}</span>
      <Popover position="top-end" shadow="sm" trapFocus>
        <Popover.Target>
          <button type="button" className="plain-button">
            <IconKeyboard size={20} aria-hidden="true" />
            {words.keys}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <dl className="key-list">
            {words.keyList.map(([key, act]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{act}</dd>
              </div>
            ))}
          </dl>
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}
