import { IconAlertTriangle } from '@tabler/icons-react'

export const PanelProblemLine = ({ text }: { readonly text: string | null }) => (
  <div role="alert" className="panel-problem" hidden={text === null}>
    {text === null ? null : (
      <>
        <IconAlertTriangle size={28} aria-hidden="true" />
        <span>{text}</span>
      </>
    )}
  </div>
)
