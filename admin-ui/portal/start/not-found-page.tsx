import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { Page } from '../parts/page.tsx'
import { usePortalWords } from '../words/portal-words.ts'

export const NotFoundPage = () => {
  const { notFound } = usePortalWords()
  return (
    <div className="column">
      <Page title={notFound.title}>
        <p className="lead">{notFound.text}</p>
        <Button component={Link} href="/">
          {notFound.home}
        </Button>
      </Page>
    </div>
  )
}
