#ifndef LIANDONG_CSODIUM_SHIM_H
#define LIANDONG_CSODIUM_SHIM_H

#include <sodium/core.h>
#include <sodium/crypto_aead_aes256gcm.h>
#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <sodium/crypto_pwhash.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

#endif
