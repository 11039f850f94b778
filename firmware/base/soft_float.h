/* Prototypes of the functions that compilers call for floating point (soft_float.c) and for wide integers (soft_integer.c) on CPUs that cannot. */
#ifndef BASE_SOFT_FLOAT_H
#define BASE_SOFT_FLOAT_H

#include <stdbool.h>
#include <stdint.h>

double __adddf3(double left, double right);
double __subdf3(double left, double right);
double __muldf3(double left, double right);
double __divdf3(double left, double right);
float __addsf3(float a, float b);
float __subsf3(float a, float b);
float __mulsf3(float a, float b);
float __divsf3(float a, float b);
double __extendsfdf2(float value);
float __truncdfsf2(double value);

/* Another name for a comparison. (A test has a definition of its own.) */
#if !defined(SAME_AS)
#define SAME_AS(name, other, type) int name(type a, type b) __attribute__((alias(#other)));
#endif

int __ledf2(double a, double b);
int __gedf2(double a, double b);
int __lesf2(float a, float b);
int __gesf2(float a, float b);
int __unorddf2(double a, double b);
int __unordsf2(float a, float b);

double __floatdidf(int64_t value);
double __floatundidf(uint64_t value);
double __floatsidf(int32_t value);
double __floatunsidf(uint32_t value);
float __floatdisf(int64_t value);
float __floatundisf(uint64_t value);
float __floatsisf(int32_t value);
float __floatunsisf(uint32_t value);
int64_t __fixdfdi(double value);
uint64_t __fixunsdfdi(double value);
int32_t __fixdfsi(double value);
uint32_t __fixunsdfsi(double value);

uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b);
int64_t __divdi3(int64_t a, int64_t b);
int64_t __moddi3(int64_t a, int64_t b);
int __clzsi2(uint32_t value);
int __clzdi2(uint64_t value);
int __ctzsi2(uint32_t value);
int __ctzdi2(uint64_t value);

#endif
