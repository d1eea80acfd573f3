import { describePages, english } from '../test-support/describe-pages.ts'

describePages(english)
