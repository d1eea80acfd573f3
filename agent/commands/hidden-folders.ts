/** ProtectHome and PrivateTmp hide what lies there from the service. */
export const hidden = /^\/(home|root|run\/user|tmp|var\/tmp)\//
