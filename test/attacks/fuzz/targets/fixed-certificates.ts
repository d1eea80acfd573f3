import { createPrivateKey } from 'node:crypto'

/** A key that protects nothing, the same each time: signatures over it differ, the shape of the request does not. */
export const fixedKey = createPrivateKey({
  key: Buffer.from(
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBcRCe12LEhmHFSrYl/5HDPFqdZKgukMTNz34mPRuhgehRANCAAStzfiYrJshdpJ33WYtmxVM+je0ZxHMpmZ60pOSRcSOAWF8ICgNibUSCrDi6qpYTgNj4gJ0pLy1PbDQvHwlFV91',
    'base64',
  ),
  format: 'der',
  type: 'pkcs8',
})

/** Self-signed by {@link fixedKey}. */
export const fixedCertificate = Buffer.from(
  'MIIBdTCCARugAwIBAgIUPPRq9OvDX9qii7JOsrfQ3MgzmqowCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjYxMTA5MjhaGA8yMTI2MTEwMjExMDkyOFowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABK3N+JismyF2knfdZi2bFUz6N7RnEcymZnrSk5JFxI4BYXwgKA2JtRIKsOLqqlhOA2PiAnSkvLU9sNC8fCUVX3WjUzBRMB0GA1UdDgQWBBTJ0k6z4+n/zmpoROio95DDlHEFuDAfBgNVHSMEGDAWgBTJ0k6z4+n/zmpoROio95DDlHEFuDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAuOypufa0x+IU+cR9lcniVTx01+E7GTUvKXc4Y8Mj8pAiEA2y/fdYYRrGhDBhAB2iZL4vcCvPdVVjcpnjYob9AhVCM=',
  'base64',
)

/** As the gateway issues one for the device `press-7` of `sallyport.example`, but signed by {@link fixedKey} itself. */
export const fixedDeviceCertificate = Buffer.from(
  'MIIBszCCAVqgAwIBAgIUXYP38jeLVGGCmXc515FGupnT/tIwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHcHJlc3MtNzAgFw0yNjExMjYyMTE3NDhaGA8yMTI2MTEwMjIxMTc0OFowEjEQMA4GA1UEAwwHcHJlc3MtNzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABK3N+JismyF2knfdZi2bFUz6N7RnEcymZnrSk5JFxI4BYXwgKA2JtRIKsOLqqlhOA2PiAnSkvLU9sNC8fCUVX3WjgYswgYgwNAYDVR0RBC0wK4Ypc3BpZmZlOi8vc2FsbHlwb3J0LmV4YW1wbGUvZGV2aWNlL3ByZXNzLTcwEwYDVR0lBAwwCgYIKwYBBQUHAwIwDgYDVR0PAQH/BAQDAgeAMAwGA1UdEwEB/wQCMAAwHQYDVR0OBBYEFMnSTrPj6f/OamhE6Kj3kMOUcQW4MAoGCCqGSM49BAMCA0cAMEQCIDhGomIUHt+91acNYt2mifGjru8tyAgpOw64Wopwho6MAiAPYNk5wEP5ktDfiAiH1WAtdTz66jfq2ZsYbwIb0GABAw==',
  'base64',
)
