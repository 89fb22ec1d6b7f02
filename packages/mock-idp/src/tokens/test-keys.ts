/**
 * PUBLIC TEST KEYS. Anyone can read them, so nothing signed with them proves anything.
 *
 * The mock signs with them in deterministic mode only, so that two runs give the same bytes. They protect no
 * system; a verifier that trusts them outside a test is broken.
 */
import type { JWK } from 'jose'
import type { SigningAlgorithm } from './keys.ts'

/** RSA-2048 pairs for signing in deterministic mode; rotation goes through them in turn. Public test keys. */
const deterministicSigningKeys: readonly [JWK, ...JWK[]] = [
  {
    kty: 'RSA',
    n: 'wuGu9YU5gYqAwC9oD6xlRpzcSNZrFZ6yGW_JHBwratxijup5jDMXjPy940BZ8usSzHVd5jSS45BkJQZCtFxZJAtcKL6EtTta8UROJPrXJmJmsrTuM6n29gmkwjrf5R1q3W2o5DrurEYSal3sDptlfKEDg4sOoonRrAPs_ryt70rb_RHnzJntHf3Mt8hm4BIW26PzAzUbcTZk0kM3ex0OJrS64vw3956s-EK67aHJeilOOqQOhoUEgdJYUmcGEGAW1A9OTm2zKZ9emnVAl-5Adn5F9EP3DWTLSVUZ7Auzrz8IQNGjkdvejwPy9_zpuEUIC3Jjm_QfApEWza00Z90fmQ',
    e: 'AQAB',
    d: 'M51NVuadl_MkbYJAx-Hrgtu5tirf-r5owjbqp2DImQlcqyhr39eKVcN80WryR9W9yVwObhGfk9jixTGWyikpTNQbaQkooc1iJUNnhQDQqfBm7c7gxdsutvRP6EdqlEaJzrKkCCqZmxQF_Zj5k9bRdsQ4Z4cVbbQdzbbOdptnX9hXtFkrax6ot7oaqjKLy5H-aIYtwWL8ZTD1Dnn-GcCTlz4MEXzfM3yq20p7udTDr-_hk5cDSzxuORxxGDgJocDF3D1Ki5PqCX91Y7Y1iEtu0eWISsU2Y0BGI-OyV0z2uCLOYuu0tNRe6zxyRZEb5M9VnrhXjP2edrhj4lUvFAZ6vw',
    p: '7-XR3hyYSQGN9A1S_ZVafg6vBHBoj-cZ4IDPzjTaAts5TlzB4bxfm8n1EXpit3UA2NWV6a_2oRrlVUxRN8iSF3A0oKYv46ocl45qc7l_CKEF8P_Tb1YOQVbEA78ekwFnhqaa7RfhJPXPn2IODsUVE4cvgnig8wV4gJZ4C79zZkc',
    q: 'z_ZZBKWGviiuUOC3Q6MFQ4Bdm0Ha0VAVvlrrMuKYXC_EcKOBPuLpQRmTk-XSUD3nDEvRp2lpqiphTzSlD9G8UdW9vqChuUQJcwOVFmm-Vex1QQR-UVxI5d-hwbATBijUoUOyWVhyeR-B_EnCBvu5MyzxO_STlHaVPbDcbL3z2x8',
    dp: 'PK0kJ8mTuuNpxBCarQjZmoicO8MyrzMEmIP8C2vSuGY6WFedsjqy8_Rgx8rsrPoq_K0I_dJDzvu-hZSH9lQEn2kB5qAh_LNKCAs9YYfJWaVgm1QZZk-dy2jmqwvr78KrLKN3DAC-MVr66JUkeRff_NB0c8uO6ei4Uc29DzudNIE',
    dq: 'YVJ6SlBkhG1pVnQzj7Wk6vgR1my1SKtf4ZuO4ltkzg-UsNnzzEhIvKyJgfdVuzOdAwYgcWZFitsWewi6DnMq3GlYyPNHe_o5KdgNV1XZO0DThr_hlZXIj7teadRKsuE80NNrjaB0wfZa0IR8BuSawTZRFqvYvOvZ3-r63PDwRCU',
    qi: '2dNwTND_gPDqQSTmME2jIwig7vXj7Aw91fiUmVGqO17Dc0aKN0UzwnrUQULycdq-rYK9_6AzchlUpjP4mXQCH2WN1BG9Q5ycbu4EtrvH13mFvX9DJWVl8tHU79JRKcR6Dicv3dt_7f0NNgD0K_veViAtuigw9nhelVZb1KnoALk',
  },
  {
    kty: 'RSA',
    n: 'wfEAL6nGCNoPzTQbOXlRWM-dfkzQU4jEAsLi9uAiQ0CSsOesdp-49YTdQuFTZjGjJmet5kjS2gmnbNNnHfEllfR6T2THJhvduukXOc_KECLKLR4MEwLPH5xw5Dvlkr1teS3qx16QZGA0Eqw9uHwfp9hI6utTg8j3KtFXaMWGHhrHRRMbm4YEjSvRsGEOb2EmS4csJ8Z9aswAsjtHxAPf6eUmAC4_u66q9BxwINR8tYI3B4t1SJ_W1XaoosvzUyHEE-e7BQBoH8_VEYaDMGOuNElRcMWo0u2I64P1LFmsm_jfiV3bX4VCXxxARRYyBM5JzLqyd3kiWMXOW6VSqmwJvw',
    e: 'AQAB',
    d: 'Gh3zyfdhaUjATwCA2A0L1NtkmKEMfutQhhSrjtZhFtBn0LXqJjFdLYb-aubAHed6Uo4sv3G4H0-kgcW4QbJ7PsXlALMQFIQ1KFoCXDEsw16D_m5o7th2fwnItBuSz19-Eg8Kal3EMRg5evhB-YmRk79PFn-pR_p0uonlbQEIjh4N-s4skpkKWKUGE8vG0u6yjFi5KqEVwy3ykHy0ybR63EpbnWtkZQBuzl1enoS5Ga9JdBDdIVlsl6pE-YyfM1hLVLGbJXmWFHtHBfj9x3xu9LSxohjXG1RkjR62d3GiSn95BmGEBWj4XNfA4g4JtNDeEU57Lwljimmg4e8K7IkiFQ',
    p: '6Wrsz-mJtSFjCWWeB9JhudFbmNTAOgkBxj4gjLf6gXw202xp67kzXJu1hCovbvLuVmpo_dpfdE6TLTe1qjT_ZDghnE8AGw8C-cJiQ1E_ZLYOQdZJlUjGbXk90tz7aA2bl3FdGo1p9vbI_34pXVPR7ucl2a1kPKaNCMt3oblNpk0',
    q: '1LRdG5CjkL0113t7ql2LbQbuv2tEU5bSqYmEpCYP_robkKw_nNlXJ5GrxRytY8hWuhjTPjzLEX5hDHjrpx2KL1STJSI0Wiy86tIQSRT8nzRNaZa6o2E1qFjIpdoA6ruI769jd2RcA_Rd732rrIGwHSpIYpJI6zaW8swua6Rojjs',
    dp: 'CyTww4h566z5ZoR0hBkWU2HchrJ5rwupCwcCVNWf3zjIAVYmxHtmKWDBzNqawyhUGsof0ybu8cWin0EOql63ZtiLOkRHVANmd_hA6sfhR_StP5V0k-0SlD16pyun0TL9H8Do2hCwY3sq44_pd6w91LMyim8N3xtwll_oiU8olu0',
    dq: 'KGdufEr4VwkqDhmdvxnv3zD-7wuQOhSfRacitA-q4Cc4Dz45AzFh1dlc-J9e7GJk3wrSLbNcm6EXDEh38xGwaxc0sEwUB8ERzcVDZK6A4jkML297Woefqq_axW5o2C3xcB4v1cERnYqwwUps7uLfslqSz26cPVnsSIiylK3xUns',
    qi: 'ypViEF5VrE_ZbmSZHrFSNflJ5A8H9YksJziOhP1F1Mx-3AAmggKvdluenITPdx2lMjOVxDQ6Ww1t-yMfU7U-5AQfJqa9fJq0pJuflTNGE_SgN0n-e3RSEPCR9dQiok9pjRDLuGcBo95xn9o-fZJ-8Xy8IF8_yrP5AyW7r3zasdo',
  },
]

/** An RSA-2048 pair that no JWKS ever holds: signs what a fault must make unverifiable. Public test key. */
export const deterministicForeignKey: JWK = {
  kty: 'RSA',
  n: 'k5xcTFXDN-U4FeBIJLfSIvr731PkFxbo7-vuA9SqOkywDVdhbfddkiUatpCw9pOioba299lcjp7Ft2I0zliOWETRyCOO5ui1w4f0NIo2j1tX2oYORGZ7yoBzphPjLj8Ntq47Mxyn4zcZPKRU25iksgqE_huzhuxbxSqSejqUgA5RQPDw1EbbJRVbJN42a--MHfqJ9nP0zGOzMepdny5S6Kb_ToLpx2Vf4JaPGSRNlV6ZcHCE_3LlEQdAlBxibrfcOTbnG9YIChmKGeZfoVhO0Wy8vqM0EvWXKjxZ9eufYIEXLzmxfHgH6z2ZN2J3GiTjBre6HhUWMna8TBUfdJBxCw',
  e: 'AQAB',
  d: 'GcVoz-MBTFb2rcsUjWSSiYzsQJdy8R0M2iaEzaJpffg5nHqvBfX0HjngKhOk8cfg0v8FfswyPqw1tMiuk4Aeigap4Zljr6jdYx_vYOTolarK8doJz6Nc5YP7rPk35rEXgdd1enz8Ss0p2M6QCi7iQjtX8M2BUIMfmpLONAzaNGkHoP6hiXHpcq741oSFtxc1USp6geOjG_gowFiTxt0_rk0l6VQMU6GVqD6aJ9nVQy1j8dfLpNMReJJ8tY0mcilIvmHjhA2Jo2xbMRADdJxKt_0KSWxxtXkaLcF8T7QbP8beDlN6hEO4QyLw_x8WF1s0ndrNJB-zHtpE8JCB0ogXUQ',
  p: 'xEAMqIsOFjXYllYq9E82PaGQShPxR2M4j2CBDsxq2aP913iDRcEqPnjwfTLbCmX2BT3sNv0LAp24ljaCE3E4ZNiorAFCDWHvkBgMOVfNAF01bb4xDHhLQTSus6WUK7h69rYjks7vqzQkpFEC4svAVHlPBTIIkbOndO0p4GXyYz0',
  q: 'wI1NppEwHPB7HNZG3_HstlYdpjbEQThpAmzVjJZU5AA5MVtB3-dP_6tNDu-jfjqrld7BZXzohtxJIgT2FehtjA7VKGaUkVg-xTfhTCykmpAk0l6q6fGuU3qYTEzXitaPA1DS-tdG1xSMRIyEyDQNY7STdoYBhs9S7iummFmGyec',
  dp: 'K0kRQa-CCOYRgn849C_wf8F96MjjQ-KfnAgmDxSJUL26BGeBVMZZQfQ83vBznaSFkfxpeGtxnT8aco9NO2qSjLO46E9SuU7rnvWe5Jr4DWeBnFYBzYVO2-_5xIf12XrULExaJkxcUn-qwU9Y-psELd2fzz6M404j1kdlICh8QOU',
  dq: 'lM3en4X-b67tBakW1sRokbTVbvlOC7UjeetP0TjwW89MY7dJnlZtfYENqShK6ic_KTAft2WjcW1V20OIRf_8gMuJsZIs6HIQ-Gqp4ytw_b29pxHf9bF_biYFApozzKjplr9kfNPXfCn2CJermeiYHGCVwXfoQB2C0mrLcVtmjis',
  qi: 'M0cSzd5kLcxMRrSjXg4wd8eKEaKT1X6RfhJ3HxetN3J887fdtSgJmShF25O1yyvBZR7eSeYfM26Qw9z7ROHm0KUl2NeIRyfWT9d2YZUTqGmrd3pHTzuaKTgTWpkGf7b71uVruN2rb-Runug_paVpv1us9CORXzOLY5Q2Y6u-O8k',
}

const ellipticKey: JWK = {
  kty: 'EC',
  crv: 'P-256',
  x: 'vyOjJ0mmiSDibzn7AiZGnYXO_Hnc1ndY0v85DIqUaEM',
  y: 'bvO1YZJVnawadMza6j6fnZKju5IBuhilCdUw7iYptyI',
  d: 'wWFlPK--8hdRvgLOCQDRg3k1yB_yRIJscuAdjQIGgRA',
}

const edwardsKey: JWK = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: 'BJ1J39RCBFG6cThYIiqd6EmbPLyTUwaPuxOfGDp6oMY',
  d: 'WPaTTJqLA5NHnLxBH_5uUzbQnQSl0IwIf3_FxAGP6RA',
}

/** The key of an algorithm in deterministic mode after so many rotations; only the RSA ones change. Public test keys. */
export function testKeyOf(alg: SigningAlgorithm, rotations: number): JWK {
  if (alg === 'ES256') return ellipticKey
  if (alg === 'EdDSA') return edwardsKey
  return deterministicSigningKeys[rotations % deterministicSigningKeys.length] ?? deterministicSigningKeys[0]
}
