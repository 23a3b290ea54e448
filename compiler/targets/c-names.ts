/** Names that a function or a header of a network cannot have: C, its library or a compiler's built-ins know them. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const keywords = words(`
  alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern false float
  for goto if inline int long nullptr register restrict return short signed sizeof static static_assert struct switch
  thread_local true typedef typeof typeof_unqual union unsigned void volatile while`);

/** Built into GCC or Clang, which warn of other functions of these names, or declared by <string.h> and what C libraries include there. */
const functions = words(`
  abort abs acos acosh aligned_alloc alloca asin asinh assert atan atan2 atanh basename bcmp bcopy bzero cabs cacos cacosh calloc carg
  casin casinh catan catanh cbrt ccos ccosh ceil cexp cimag clog clog10 conj copysign cos cosh cpow cproj creal csin
  csinh csqrt ctan ctanh dcgettext dgettext drem erf erfc execl execle execlp execv execve execvp exit exp exp10 exp2
  explicit_bzero expm1 fabs fdim feclearexcept fegetenv fegetexceptflag fegetround feholdexcept feraiseexcept fesetenv
  fesetexceptflag fesetround fetestexcept feupdateenv ffs ffsimax finite floor fls fma fmax fmin fmod fork fprintf
  fprintf_unlocked fputc fputc_unlocked fputs fputs_unlocked free frexp fscanf fwrite fwrite_unlocked gamma gamma_r
  gettext hypot ilogb imaxabs index j0 j1 jn labs ldexp lgamma lgamma_r llabs llogb llrint llround log log10 log1p log2
  logb lrint lround main malloc modf nan nearbyint nextafter nextdown nexttoward nextup offsetof posix_memalign pow
  pow10 printf printf_unlocked putc putc_unlocked putchar putchar_unlocked puts puts_unlocked realloc remainder remquo
  rindex rint round roundeven scalb scalbln scalbn scanf signbit signgam significand sin sincos sinh snprintf sprintf
  sqrt sscanf tan tanh tgamma timingsafe_bcmp timingsafe_memcmp trunc ufromfp ufromfpx vfprintf vfscanf vprintf vscanf
  vsnprintf vsprintf vsscanf y0 y1 yn`);

/** `logf`, `logl`, `logf64x`: the function for another type. */
const ofOtherType = /(f|l|f16|f32|f64|f32x|f64x|f128|d32|d64|d128)(_r)?$/;

/** Types and macros of <stdint.h> and <stddef.h>, and macros that compilers define outside of -std=c11. */
const typesAndMacros =
  /^(u?int(_fast|_least)?\d+_t|u?int(max|ptr)_t|(size|ptrdiff|wchar|wint|locale)_t|U?INT(_FAST|_LEAST)?\d+_\w+|U?INT(MAX|PTR)_\w+|(PTRDIFF|SIZE|SIG_ATOMIC|WCHAR|WINT)_(MAX|MIN|WIDTH)|NULL|linux|unix)$/;

/** The runtime's functions, and the names that `<net>_run` and `<net>_feed_<input>` give their memory. */
const ours = /^(mcu_.*|bytes|fast_bytes|arena|row)$/;

/** Whether a function of the emitted C must have another name. */
export function isTakenInC(name: string): boolean {
  return (
    keywords.has(name) ||
    functions.has(name) ||
    functions.has(name.replace(ofOtherType, "$2")) ||
    typesAndMacros.test(name) ||
    ours.test(name)
  );
}

const headers = words(`
  alloca arm_acle arm_mve arm_neon assert complex ctype errno fenv float inttypes iso646 limits locale malloc math
  memory setjmp signal stdalign stdarg stdatomic stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn
  string strings tgmath threads time tsc_mcu tsc_mcu_arenas uchar unistd wchar wctype`);

/** Whether `<name>.h` would stand before a header of C, or the runtime's own; file systems may not know upper case. */
export function isHeaderOfC(name: string): boolean {
  return headers.has(name.toLowerCase());
}
