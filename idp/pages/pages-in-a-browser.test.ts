import { describePages, english, german } from '../test-support/describe-pages.ts'

// Every page where it is tight and its words are long; of the others some. `pages-in-a-browser.long.test.ts` looks at all of them.
describePages(german)
describePages(english, ['sign-in', 'consent', 'set-up'])
