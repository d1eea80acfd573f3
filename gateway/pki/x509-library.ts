// @peculiar/x509 resolves its parts through decorators, which need this polyfill first.
import 'reflect-metadata'

/** The only file that imports the library. It issues and writes; every verification is OpenSSL's, through `node:crypto` and `node:tls`. */
export {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
export type { Extension } from '@peculiar/x509'
