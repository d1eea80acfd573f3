import { Command } from 'commander'
import { activateCommand, rollBackCommand } from './policy/activate-commands.ts'
import { checkCommand, testCommand } from './policy/check-commands.ts'
import { diffCommand } from './policy/diff-command.ts'
import { impactCommand } from './policy/impact-command.ts'
import { statusCommand } from './policy/status-command.ts'
import { submitCommand } from './policy/submit-command.ts'

/** Policies from a folder, as they lie in git: checked and tested offline, submitted and activated over the API. */
export const policyCommand = (): Command =>
  new Command('policy')
    .description('check, test, submit and activate policies')
    .addCommand(statusCommand())
    .addCommand(checkCommand())
    .addCommand(testCommand())
    .addCommand(diffCommand())
    .addCommand(submitCommand())
    .addCommand(impactCommand())
    .addCommand(activateCommand())
    .addCommand(rollBackCommand())
